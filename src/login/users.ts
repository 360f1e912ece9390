import type { Users as StoredUsers } from '../store/contract/users'
import type { ProvenUsers, User } from './proven-users'
import type { UserChanges } from './user-changes'
import { listUsers, type UserPage, type UserPageRequest } from './user-page'
import type { UserSession, UserSessions } from './user-sessions'

/** All that is kept of a person, but for WeChat's session_key, which must not leave the server. */
export interface UserExport {
  readonly user: User
  readonly sessions: readonly UserSession[]
}

/**
 * Looks users up and changes them, for the server's own use. A user found has openid, unionid and
 * phone number, which no client may see. A search without a hit gives undefined or an empty list,
 * not an error; a change resolves to whether there is such a user.
 *
 * A user is one (appid, openid), for ever. One person is a user of each mini program; a unionid
 * links these users of one company and is no key. docs/users.md has the rule.
 *
 * Who is not proven to be the user of his row is not found, and a unionid without its proof is left
 * out: see `bonds.ts`.
 */
export interface Users {
  /** By our user id, as in `req.login.userId`. */
  byId(id: string): Promise<User | undefined>
  /** By the identity that WeChat gives within one mini program. */
  byOpenid(appid: string, openid: string): Promise<User | undefined>
  /** All users with this unionid, the oldest first. Ask anew at each use: a unionid can change. */
  byUnionid(unionid: string): Promise<readonly User[]>
  /** All users with this number, written as WeChat's `phoneNumber`, the oldest first. */
  byPhone(phoneNumber: string): Promise<readonly User[]>
  /**
   * All users, page by page, in an order of ids that stays the same.
   *
   * @throws TypeError for a limit that is not 1 to 100
   */
  list(page?: UserPageRequest): Promise<UserPage>
  /** The user's sessions that run, the newest first. */
  sessions(id: string): Promise<readonly UserSession[]>
  /** Ends all sessions of the user. */
  logOut(id: string): Promise<boolean>
  /**
   * Ends all sessions of the user, and refuses each login by `user_disabled` until `enable`. The
   * reason is for the operator and is kept on the user.
   *
   * @throws TypeError for a reason longer than 200 characters or with a control character
   */
  disable(id: string, reason?: string): Promise<boolean>
  enable(id: string): Promise<boolean>
  /** All that is kept of the person, for who asks for it by right; undefined for nobody. */
  export(id: string): Promise<UserExport | undefined>
  /**
   * Removes all that is kept of the person, and ends all sessions. The person's next login makes a
   * new user. docs/users.md says what files and backups may still hold.
   */
  erase(id: string): Promise<boolean>
}

export interface UsersOptions {
  stored: Pick<StoredUsers, 'find' | 'findByOpenid' | 'findByUnionid' | 'findByPhone' | 'list'>
  proven: ProvenUsers
  sessions: Pick<UserSessions, 'list'>
  changes: UserChanges
}

/** A call of the library has no request that it belongs to. */
const NOBODY = {}

export function createUsers(options: UsersOptions): Users {
  return { ...lookUps(options), ...changesOf(options) }
}

type LookUps = Omit<Users, 'logOut' | 'disable' | 'enable' | 'erase'>

function lookUps({ stored, proven, sessions }: UsersOptions): LookUps {
  const byId = async (id: string) => (isName(id) ? proven.one(stored.find(id)) : undefined)
  const sessionsOf = async (id: string) => (isName(id) ? sessions.list(id) : [])
  return {
    byId,
    byOpenid: async (appid, openid) =>
      isName(appid) && isName(openid) ? proven.one(stored.findByOpenid(appid, openid)) : undefined,
    async byUnionid(unionid) {
      const users = isName(unionid) ? await proven.all(stored.findByUnionid(unionid)) : []
      return users.filter(user => user.unionid === unionid)
    },
    byPhone: async phoneNumber =>
      isName(phoneNumber) ? proven.all(stored.findByPhone(phoneNumber)) : [],
    list: async (page = {}) =>
      isName(page.after ?? '') ? listUsers({ stored, proven }, page) : { users: [], next: null },
    sessions: sessionsOf,
    async export(id) {
      const user = await byId(id)
      return user && { user, sessions: await sessionsOf(id) }
    },
  }
}

function changesOf({ changes }: UsersOptions): Omit<Users, keyof LookUps> {
  return {
    logOut: async id => isName(id) && changes.logOut(id, NOBODY),
    disable: async (id, reason) => isName(id) && changes.disable(id, reason, NOBODY),
    enable: async id => isName(id) && changes.enable(id, NOBODY),
    erase: async id => isName(id) && changes.erase(id, NOBODY),
  }
}

/**
 * None of these names has a control character. PostgreSQL answers a NUL with an error.
 *
 * @throws TypeError for a name that is no text: that is a mistake in the host's code
 */
function isName(text: string): boolean {
  if (typeof text !== 'string')
    throw new TypeError('an id, openid, unionid or phone number is a string')
  return !/\p{Cc}/u.test(text)
}
