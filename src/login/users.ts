import type { Store, User } from '../store/store'

/**
 * Looks users up, for the server's own use: what it finds holds openid, unionid and phone number,
 * which no client may see. What nobody has is undefined or an empty list, not an error.
 *
 * A user is one (appid, openid), for ever. A unionid links the users that one person is in several
 * mini programs of one company; it is no key. docs/users.md has the rule.
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
}

export type UserLookups = Pick<
  Store,
  'findUser' | 'findUserByOpenid' | 'findUsersByUnionid' | 'findUsersByPhone'
>

export function createUsers(store: UserLookups): Users {
  return {
    byId: async id => (isName(id) ? store.findUser(id) : undefined),
    byOpenid: async (appid, openid) =>
      isName(appid) && isName(openid) ? store.findUserByOpenid(appid, openid) : undefined,
    byUnionid: async unionid => (isName(unionid) ? store.findUsersByUnionid(unionid) : []),
    byPhone: async phoneNumber => (isName(phoneNumber) ? store.findUsersByPhone(phoneNumber) : []),
  }
}

/** Control characters are in none of these names, and PostgreSQL takes a NUL for a fault. */
function isName(text: string): boolean {
  return !/\p{Cc}/u.test(text)
}
