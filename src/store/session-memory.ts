import { LRUCache } from 'lru-cache'
import { MAX_SESSIONS_PER_USER, type Session, type SessionRef } from './contract/sessions'

/** Sessions that this process has read. Those of one user are forgotten together. */
export interface SessionMemory {
  get(session: SessionRef): Session | undefined
  keep(session: Session): void
  forget(userId: string): void
  clear(): void
}

/**
 * At most `maxSessions`, whoever has them, and of one user as many as can run. When it is full, the
 * user whose sessions were asked for longest ago goes first.
 *
 * A user's sessions are found by the user's id, which the claims of a remembered token hold: V8
 * hashes the characters of such a string once. A name that is made for each look is hashed each time.
 */
export function createSessionMemory(maxSessions: number): SessionMemory {
  const remembered = new LRUCache<string, readonly Session[]>({
    max: maxSessions,
    maxSize: maxSessions,
    sizeCalculation: sessions => sessions.length,
  })
  return {
    get: ({ id, userId }) => remembered.get(userId)?.find(session => session.id === id),
    keep(session) {
      const known = remembered.get(session.userId) ?? []
      const others = known.filter(({ id }) => id !== session.id).slice(1 - MAX_SESSIONS_PER_USER)
      remembered.set(session.userId, [...others, session])
    },
    forget: userId => remembered.delete(userId),
    clear: () => remembered.clear(),
  }
}
