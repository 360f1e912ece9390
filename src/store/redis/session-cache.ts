import type { Session, SessionRef } from '../contract/sessions'
import { createSessionMemory } from '../session-memory'

/** Sessions that one process remembers. 100,000 take 91 MB where each is of another user. */
const CACHED_SESSIONS = 100_000

/**
 * Sessions that were read. Each is kept for as long as Redis would tell that it changed (CLIENT
 * TRACKING). A session is two hashes: its own, and that of its user's newest session_key. A change of
 * any key of a user forgets all sessions of the user.
 *
 * Not the client library's own cache (`clientSideCache`, 6.3.1). Its `clear`, on FLUSHALL, forgets
 * what is kept but not what is being read: 4 of 20 reads that were under way then came back to stay
 * (`npm run bench:redis-client`). Its index by key only ever grows, and it copies at each hit.
 */
export interface SessionCache {
  get(session: SessionRef): Session | undefined
  /**
   * Reads a session, and remembers what came. It remembers nothing if, in the meantime, something of
   * the user changed, Redis could no longer tell what changes, or another read of this user began.
   */
  reading(
    session: SessionRef,
    read: () => Promise<Session | undefined>,
  ): Promise<Session | undefined>
  /**
   * Runs a change of what Redis holds of a user, so that this process sees it at once. The user's
   * sessions are forgotten before the change, so that no read of before is kept, and after it, so
   * that no read is kept that Redis answered before the change and that arrived during it.
   */
  changing<T>(userId: string, change: () => Promise<T>): Promise<T>
  /** Something of this user changed: no session is kept, and no read under way will be. */
  forget(userId: string): void
  /** Redis can no longer tell us what changes: every session goes, and every read under way. */
  clear(): void
}

export function createSessionCache(): SessionCache {
  const sessions = createSessionMemory(CACHED_SESSIONS)
  /** The latest read under way of each user; no more of them than commands under way. */
  const reads = new Map<string, object>()

  function forget(userId: string): void {
    sessions.forget(userId)
    reads.delete(userId)
  }

  return {
    get: sessions.get,

    async reading({ userId }, read) {
      const latest = {}
      reads.set(userId, latest)
      const isLatest = () => reads.get(userId) === latest
      try {
        const session = await read()
        if (session && isLatest()) sessions.keep(session)
        return session
      } finally {
        if (isLatest()) reads.delete(userId)
      }
    },

    changing: (userId, change) => around(change, () => forget(userId)),

    forget,

    clear() {
      sessions.clear()
      reads.clear()
    },
  }
}

/** Does something before a piece of work, and once more after it, however it ends. */
async function around<T>(work: () => Promise<T>, doing: () => void): Promise<T> {
  doing()
  try {
    return await work()
  } finally {
    doing()
  }
}
