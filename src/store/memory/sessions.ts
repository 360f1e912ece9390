import { type ListedSession, MAX_SESSIONS_PER_USER, type Sessions } from '../contract/sessions'
import type { MemoryCodes } from './codes'
import { expiredNames } from './expiry'
import type { MemoryUsers } from './users'

type StoredSession = { -readonly [K in keyof ListedSession]: ListedSession[K] } & { userId: string }

export interface MemorySessions extends Sessions {
  /** Removes expired sessions, at most so many. Returns how many there were. */
  removeExpired(now: number, limit: number): number
}

export function createMemorySessions(users: MemoryUsers, codes: MemoryCodes): MemorySessions {
  const kept = new KeptSessions()
  return {
    async begin(login) {
      const { id: userId, disabledAt } = users.save(login)
      const isNewUser = userId === login.newUserId
      if (disabledAt !== null) return { userId, isNewUser, evicted: [], isDisabled: true }
      const { sessionId: id, sealed, sessionKeyHash, now: createdAt, expiresAt } = login
      kept.add({ id, userId, sealed, sessionKeyHash, createdAt, expiresAt, lastUsedAt: createdAt })
      const ids = kept.idsOf(userId)
      const evicted = ids.slice(0, Math.max(0, ids.length - MAX_SESSIONS_PER_USER))
      for (const each of evicted) kept.remove(each)
      codes.settle(login, { sessionRef: login.sessionRef, userId, isNewUser })
      return { userId, isNewUser, evicted, isDisabled: false }
    },

    async find({ id, userId }) {
      const session = kept.get(id)
      const user = users.get(userId)
      if (!user || session?.userId !== userId) return undefined
      const { appid, openid, unionid, unionidProof } = user
      const { newestKeyHash, newestKeyAt, newestKeyCheck } = user
      const newest = { newestKeyHash, newestKeyAt, newestKeyCheck }
      return { ...session, appid, openid, unionid, unionidProof, ...newest }
    },

    async list(userId, now) {
      const sessions = kept.idsOf(userId).flatMap(id => kept.get(id) ?? [])
      const running = sessions.filter(({ expiresAt }) => expiresAt > now)
      running.sort((a, b) => b.createdAt - a.createdAt)
      return running.map(({ userId: _user, ...session }) => session)
    },

    async reseal({ id }, { sealed, from, sessionKeyHash = from }) {
      const session = kept.get(id)
      if (session?.sessionKeyHash === from) Object.assign(session, { sealed, sessionKeyHash })
    },

    async noteUse({ id, userId }, now) {
      const session = kept.get(id)
      if (session?.userId === userId) session.lastUsedAt = Math.max(session.lastUsedAt, now)
    },

    end: async ({ id, userId }) => kept.get(id)?.userId === userId && kept.remove(id),
    endAll: async userId => kept.idsOf(userId).filter(id => kept.remove(id)),
    removeExpired: (now, limit) => kept.removeExpired(now, limit),
  }
}

/** Sessions by their id, and the ids of each user in the order in which they came. */
class KeptSessions {
  readonly #sessions = new Map<string, StoredSession>()
  readonly #idsOfUser = new Map<string, Set<string>>()

  add(session: StoredSession): void {
    this.#sessions.set(session.id, session)
    const ids = this.#idsOfUser.get(session.userId) ?? new Set()
    this.#idsOfUser.set(session.userId, ids.add(session.id))
  }

  get(id: string): StoredSession | undefined {
    return this.#sessions.get(id)
  }

  idsOf(userId: string): string[] {
    return [...(this.#idsOfUser.get(userId) ?? [])]
  }

  /** Returns whether there was such a session. */
  remove(id: string): boolean {
    const session = this.#sessions.get(id)
    if (!session) return false
    this.#sessions.delete(id)
    const ids = this.#idsOfUser.get(session.userId)
    ids?.delete(id)
    if (ids?.size === 0) this.#idsOfUser.delete(session.userId)
    return true
  }

  removeExpired(now: number, limit: number): number {
    return expiredNames(this.#sessions, now, limit).filter(id => this.remove(id)).length
  }
}
