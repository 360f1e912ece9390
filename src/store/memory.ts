import { createMemoryShared } from './memory-shared'
import {
  type CompletedLogin,
  type KeyCheck,
  type LoginCode,
  MAX_SESSIONS_PER_USER,
  type ProfileChange,
  type Session,
  type Store,
  SWEEP_BATCH,
  type User,
  type UserStore,
} from './store'

type Stored<T> = { -readonly [K in keyof T]: T[K] }
type StoredUser = Stored<User> & { keyHash: string; keyAt: number; keyCheck: KeyCheck | null }
type StoredSession = Pick<Session, 'id' | 'userId' | 'keyHash' | 'createdAt' | 'expiresAt'> & {
  sealed: string
}
type StoredCode = Stored<LoginCode> & { expiresAt: number }

/** The store contract on plain Maps: for tests and trials; a restart logs everybody out. */
export function createMemoryStore(sweepBatch = SWEEP_BATCH): Store & UserStore {
  const users = new Map<string, StoredUser>()
  const userIds = new Map<string, string>()
  const sessions = new Map<string, StoredSession>()
  const sessionsOf = new Map<string, Set<string>>()
  const codes = new Map<string, StoredCode>()
  const counts = new Map<string, { count: number; expiresAt: number }>()
  const shared = new Map<string, { value: string; expiresAt: number }>()

  function dropSession(id: string): void {
    const session = sessions.get(id)
    if (!session) return
    sessions.delete(id)
    const siblings = sessionsOf.get(session.userId)
    siblings?.delete(id)
    if (siblings?.size === 0) sessionsOf.delete(session.userId)
  }

  function refreshUser(login: CompletedLogin): StoredUser {
    const identity = identityOf(login)
    const userId = userIds.get(identity) ?? login.newUserId
    const user = users.get(userId) ?? newUser(userId, login)
    userIds.set(identity, userId)
    users.set(userId, user)
    user.lastLoginAt = login.now
    user.unionid = login.unionid ?? user.unionid
    if (login.now >= user.keyAt) {
      user.keyHash = login.keyHash
      user.keyAt = login.now
      user.keyCheck = null
    }
    return user
  }

  /** A Map keeps the order in which they came. */
  function usersWhere(matches: (user: StoredUser) => boolean): User[] {
    return [...users.values()].filter(matches).map(toUser)
  }

  return {
    async claimCode({ codeHash, owner, idempotencyHash, now, expiresAt }) {
      const known = codes.get(codeHash)
      if (known) return { ...known }
      codes.set(codeHash, {
        status: 'claimed',
        owner,
        idempotencyHash,
        claimedAt: now,
        settledAt: null,
        session: null,
        isNewUser: false,
        error: null,
        wxErrcode: null,
        expiresAt,
      })
      return undefined
    },

    async findCode(codeHash) {
      const code = codes.get(codeHash)
      return code && { ...code }
    },

    async releaseCode(codeHash, owner) {
      const code = codes.get(codeHash)
      if (code?.status === 'claimed' && code.owner === owner) codes.delete(codeHash)
    },

    async failCode(codeHash, { owner, error, wxErrcode, now }) {
      const code = codes.get(codeHash)
      if (code?.status !== 'claimed' || code.owner !== owner) return
      Object.assign(code, { status: 'failed', error, wxErrcode, settledAt: now })
    },

    async completeLogin(login) {
      const { id: userId } = refreshUser(login)
      const isNewUser = userId === login.newUserId
      const { sessionId: id, sealed, keyHash, now: createdAt, expiresAt } = login
      sessions.set(id, { id, userId, sealed, keyHash, createdAt, expiresAt })
      const siblings = sessionsOf.get(userId) ?? new Set()
      sessionsOf.set(userId, siblings.add(id))
      for (const oldest of siblings) {
        if (siblings.size <= MAX_SESSIONS_PER_USER) break
        dropSession(oldest)
      }
      const code = codes.get(login.codeHash)
      if (code?.status === 'claimed' && code.owner === login.owner) {
        Object.assign(code, {
          status: 'done',
          settledAt: login.now,
          session: { id, userId },
          isNewUser,
        })
      }
      return { userId, isNewUser }
    },

    async saveUser(login) {
      const { id: userId, unionid, keyHash, keyAt } = refreshUser(login)
      const isNewUser = userId === login.newUserId
      return { userId, isNewUser, unionid, newestKeyHash: keyHash, newestKeyAt: keyAt }
    },

    async findSession({ id, userId }) {
      const session = sessions.get(id)
      const user = users.get(userId)
      if (!user || session?.userId !== userId) return undefined
      const { appid, openid, unionid, keyHash: userKeyHash, keyAt: userKeyAt } = user
      const { keyCheck: userKeyCheck } = user
      return { ...session, appid, openid, unionid, userKeyHash, userKeyAt, userKeyCheck }
    },

    async findSealedKeys(userId, now) {
      const ids = [...(sessionsOf.get(userId) ?? [])]
      const found = ids.flatMap(id => sessions.get(id) ?? []).filter(each => each.expiresAt > now)
      found.sort((a, b) => b.createdAt - a.createdAt)
      return found.slice(0, MAX_SESSIONS_PER_USER).map(({ id, sealed }) => ({ id, sealed }))
    },

    async resealSession({ id }, { sealed, from, keyHash = from }) {
      const session = sessions.get(id)
      if (session?.keyHash === from) Object.assign(session, { sealed, keyHash })
    },

    async noteKeyCheck(userId, keyHash, check) {
      const user = users.get(userId)
      if (user?.keyHash !== keyHash || (user.keyCheck && user.keyCheck.at > check.at)) return
      user.keyCheck = check
    },

    async replaceNewestKey(userId, { from, to, now }) {
      const user = users.get(userId)
      if (user?.keyHash !== from) return
      Object.assign(user, { keyHash: to, keyAt: now, keyCheck: null })
    },

    async endSession({ id }) {
      dropSession(id)
    },

    async endSessionsOfUser(userId) {
      for (const id of [...(sessionsOf.get(userId) ?? [])]) dropSession(id)
    },

    async findUser(userId) {
      const user = users.get(userId)
      return user && toUser(user)
    },

    async findUserByOpenid(appid, openid) {
      const user = users.get(userIds.get(identityOf({ appid, openid })) ?? '')
      return user && toUser(user)
    },

    async findUsersByUnionid(unionid) {
      return usersWhere(user => user.unionid === unionid)
    },

    async findUsersByPhone(phoneNumber) {
      return usersWhere(user => user.phoneNumber === phoneNumber)
    },

    async updateProfile(userId, change: ProfileChange) {
      const user = users.get(userId)
      if (!user) return
      if (change.nickname !== undefined) user.nickname = change.nickname
      if (change.avatarUrl !== undefined) user.avatarUrl = change.avatarUrl
      if (change.phoneNumber !== undefined) user.phoneNumber = change.phoneNumber
    },

    ...createMemoryShared(shared),

    async countCall(key, windowMs, now) {
      const known = counts.get(key)
      const running = known !== undefined && known.expiresAt > now
      const count = running ? known.count + 1 : 1
      const expiresAt = running ? known.expiresAt : now + windowMs
      counts.set(key, { count, expiresAt })
      return { count, endsAt: expiresAt }
    },

    async sweep(now) {
      const deadSessions = expired(sessions, now, sweepBatch)
      for (const id of deadSessions) dropSession(id)
      const deadCodes = expired(codes, now, sweepBatch)
      for (const hash of deadCodes) codes.delete(hash)
      const deadCounts = expired(counts, now, sweepBatch)
      for (const key of deadCounts) counts.delete(key)
      const deadValues = expired(shared, now, sweepBatch)
      for (const key of deadValues) shared.delete(key)
      const dead = [deadSessions, deadCodes, deadCounts, deadValues]
      return dead.some(({ length }) => length >= sweepBatch)
    },

    async ping() {},
    async close() {},
  }
}

function identityOf({ appid, openid }: Pick<User, 'appid' | 'openid'>): string {
  return `${appid}\n${openid}`
}

function newUser(id: string, { appid, openid, unionid, keyHash, now }: CompletedLogin): StoredUser {
  return {
    id,
    appid,
    openid,
    unionid,
    nickname: null,
    avatarUrl: null,
    phoneNumber: null,
    createdAt: now,
    lastLoginAt: now,
    keyHash,
    keyAt: now,
    keyCheck: null,
  }
}

function toUser({ keyHash: _hash, keyAt: _at, keyCheck: _check, ...user }: StoredUser): User {
  return user
}

function expired(
  rows: ReadonlyMap<string, { expiresAt: number }>,
  now: number,
  limit: number,
): string[] {
  const dead: string[] = []
  for (const [key, row] of rows) {
    if (dead.length >= limit) break
    if (row.expiresAt <= now) dead.push(key)
  }
  return dead
}
