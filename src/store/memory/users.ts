import type { NewLogin } from '../contract/sessions'
import {
  type Disabling,
  LISTED_USERS,
  type SessionKeyCheck,
  type User,
  type Users,
} from '../contract/users'

type Stored<T> = { -readonly [K in keyof T]: T[K] }
export type StoredUser = Stored<User> & {
  newestKeyHash: string | null
  newestKeyAt: number
  newestKeyCheck: SessionKeyCheck | null
}

export interface MemoryUsers extends Omit<Users, 'disable' | 'erase'> {
  /** Creates or refreshes the user of a login. */
  save(login: NewLogin): Readonly<StoredUser>
  get(userId: string): Readonly<StoredUser> | undefined
  /** Returns whether there is such a user. */
  setDisabled(userId: string, disabling: Disabling | null): boolean
  /** Returns whether there was such a user. */
  remove(userId: string): boolean
  /** Every user by id, for the proofs. */
  all(): ReadonlyMap<string, StoredUser>
}

/** A Map keeps the order in which its entries came: the oldest user first. */
interface People {
  readonly users: Map<string, StoredUser>
  readonly idOfIdentity: Map<string, string>
}

export function createMemoryUsers(): MemoryUsers {
  const people: People = { users: new Map(), idOfIdentity: new Map() }
  const setDisabled = (userId: string, disabling: Disabling | null): boolean => {
    const user = people.users.get(userId)
    if (!user) return false
    user.disabledAt = disabling?.now ?? null
    user.disabledReason = disabling?.reason ?? null
    return true
  }
  return {
    save: login => save(people, login),
    get: userId => people.users.get(userId),
    setDisabled,
    enable: async userId => setDisabled(userId, null),
    remove(userId) {
      const user = people.users.get(userId)
      if (user) people.idOfIdentity.delete(identityOf(user))
      return people.users.delete(userId)
    },
    ...lookUps(people),
    ...changes(people),
    all: () => people.users,
  }
}

function save({ users, idOfIdentity }: People, login: NewLogin): StoredUser {
  const identity = identityOf(login)
  const userId = idOfIdentity.get(identity) ?? login.newUserId
  const user = users.get(userId) ?? newUser(userId, login)
  idOfIdentity.set(identity, userId)
  users.set(userId, user)
  if (user.disabledAt !== null) return user
  user.lastLoginAt = login.now
  if (login.unionid !== null) {
    user.unionid = login.unionid
    user.unionidProof = login.unionidProof
  }
  if (login.sessionKeyHash !== null && login.now >= user.newestKeyAt) {
    user.newestKeyHash = login.sessionKeyHash
    user.newestKeyAt = login.now
    user.newestKeyCheck = null
  }
  return user
}

function lookUps({ users, idOfIdentity }: People) {
  const byId = (userId: string): User | undefined => {
    const user = users.get(userId)
    return user && toUser(user)
  }
  const where = (matches: (user: StoredUser) => boolean): User[] =>
    [...users.values()].filter(matches).map(toUser)
  return {
    find: async (userId: string) => byId(userId),
    findByOpenid: async (appid: string, openid: string) =>
      byId(idOfIdentity.get(identityOf({ appid, openid })) ?? ''),
    findByUnionid: async (unionid: string) => where(user => user.unionid === unionid),
    list: async (after: string) => {
      const later = [...users.keys()].filter(id => id > after).sort()
      return later.slice(0, LISTED_USERS).flatMap(id => byId(id) ?? [])
    },
    findByPhone: async (phoneNumber: string) => where(user => user.phoneNumber === phoneNumber),
  }
}

function changes({ users }: People): Pick<Users, 'update' | 'noteKeyCheck' | 'replaceNewestKey'> {
  return {
    async update(userId, change) {
      const user = users.get(userId)
      if (!user) return
      if (change.nickname !== undefined) user.nickname = change.nickname
      if (change.avatarUrl !== undefined) user.avatarUrl = change.avatarUrl
      if (change.phoneNumber !== undefined) user.phoneNumber = change.phoneNumber
    },

    async noteKeyCheck(userId, sessionKeyHash, check) {
      const user = users.get(userId)
      if (user?.newestKeyHash !== sessionKeyHash) return
      if ((user.newestKeyCheck?.at ?? 0) <= check.at) user.newestKeyCheck = check
    },

    async replaceNewestKey(userId, { from, to, now }) {
      const user = users.get(userId)
      if (user?.newestKeyHash !== from) return
      Object.assign(user, { newestKeyHash: to, newestKeyAt: now, newestKeyCheck: null })
    },
  }
}

function identityOf({ appid, openid }: Pick<User, 'appid' | 'openid'>): string {
  return `${appid}\n${openid}`
}

function newUser(id: string, login: NewLogin): StoredUser {
  const { appid, openid, unionid, unionidProof, proof, now } = login
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
    disabledAt: null,
    disabledReason: null,
    proof,
    unionidProof,
    newestKeyHash: null,
    newestKeyAt: 0,
    newestKeyCheck: null,
  }
}

export function toUser(stored: StoredUser): User {
  const { newestKeyHash: _hash, newestKeyAt: _at, newestKeyCheck: _check, ...user } = stored
  return user
}
