import type { Session, SessionRef } from '../contract/sessions'
import { createTrackedCache } from './link/tracked-cache'
import type { NewestKey } from './newest-record'
import type { RedisKeys } from './redis-keys'
import type { SessionRecord } from './session-record'

/** Sessions that one process remembers. 100,000 take some 60 MB. */
const CACHED_SESSIONS = 100_000

/** What was read of sessions, for as long as Redis would tell that it changed. */
export interface SessionCache {
  /** The session, if all of it is remembered. */
  get(session: SessionRef): Session | undefined
  /** Reads a session, and remembers what came unless it changed in the meantime. */
  reading(session: SessionRef, read: () => Promise<SessionParts>): Promise<Session | undefined>
  /**
   * Runs a change of these Redis keys, so that this process sees it at once. The keys are forgotten
   * before the change, so that no read of before is kept, and after it, so that no read is kept
   * that Redis answered before the change and that arrived during it.
   */
  changing<T>(redisKeys: readonly string[], change: () => Promise<T>): Promise<T>
  forget(redisKey: string): void
  clear(): void
}

/** A session and the newest session_key of its user: two hashes of Redis. */
export interface SessionParts {
  readonly session: SessionRecord | undefined
  readonly newest: NewestKey | undefined
}

export function createSessionCache(redisKeys: RedisKeys): SessionCache {
  const sessions = createTrackedCache<SessionRecord>(CACHED_SESSIONS)
  const newestKeys = createTrackedCache<NewestKey>(CACHED_SESSIONS)
  function forget(redisKey: string): void {
    sessions.forget(redisKey)
    newestKeys.forget(redisKey)
  }
  return {
    get(ref) {
      const session = sessions.get(redisKeys.ofSession(ref))
      const newest = session && newestKeys.get(redisKeys.ofNewestKey(ref.userId))
      return newest && join(session, newest)
    },

    async reading(ref, read) {
      const keepSession = sessions.reading(redisKeys.ofSession(ref))
      const keepNewest = newestKeys.reading(redisKeys.ofNewestKey(ref.userId))
      let parts: Partial<SessionParts> = {}
      try {
        parts = await read()
      } finally {
        keepSession(parts.session)
        keepNewest(parts.newest)
      }
      return parts.session && parts.newest && join(parts.session, parts.newest)
    },

    changing: (changed, change) => around(change, () => changed.forEach(forget)),

    forget,

    clear() {
      sessions.clear()
      newestKeys.clear()
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

/** Field by field: spreading two objects costs forty times as much, at every check. */
function join(session: SessionRecord, newest: NewestKey): Session {
  return {
    id: session.id,
    userId: session.userId,
    appid: session.appid,
    openid: session.openid,
    unionid: newest.unionid ?? session.unionid,
    unionidProof: newest.unionid === null ? session.unionidProof : newest.unionidProof,
    sealed: session.sealed,
    sessionKeyHash: session.sessionKeyHash,
    createdAt: session.createdAt,
    expiresAt: session.expiresAt,
    lastUsedAt: session.lastUsedAt,
    newestKeyHash: newest.newestKeyHash,
    newestKeyAt: newest.newestKeyAt,
    newestKeyCheck: newest.newestKeyCheck,
  }
}
