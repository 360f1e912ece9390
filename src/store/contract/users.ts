/** Users: one for each (appid, openid), and what is known of their newest session_key. */
export interface Users {
  find(userId: string): Promise<User | undefined>
  findByOpenid(appid: string, openid: string): Promise<User | undefined>
  /** All users whose last login with a unionid brought this one, the oldest first. */
  findByUnionid(unionid: string): Promise<readonly User[]>
  /** All users with this phone number, the oldest first. */
  findByPhone(phoneNumber: string): Promise<readonly User[]>
  /**
   * The users after an id, in an order that stays the same, at most `LISTED_USERS` of them. '' is
   * before the first.
   */
  list(after: string): Promise<readonly User[]>
  update(userId: string, change: ProfileChange): Promise<void>
  /**
   * Notes what WeChat said of a session_key, if that is the newest of the user and nothing later
   * was said.
   */
  noteKeyCheck(userId: string, sessionKeyHash: string, check: SessionKeyCheck): Promise<void>
  /** Puts another session_key in the place of the user's newest, if that is `from`. */
  replaceNewestKey(userId: string, change: SessionKeyChange): Promise<void>
  /**
   * Keeps a user from logging in, and ends all sessions. Resolves to the ids of those, or to
   * undefined where there is no such user.
   */
  disable(userId: string, disabling: Disabling): Promise<readonly string[] | undefined>
  /** Lets the user log in again. Resolves to whether there is such a user. */
  enable(userId: string): Promise<boolean>
  /**
   * Removes the user, all sessions, and the login codes that point to them; in a file, what was
   * removed is overwritten. Resolves as `disable` does. Once more for a user who is gone, it removes
   * what an interruption left.
   */
  erase(userId: string, now: number): Promise<readonly string[] | undefined>
}

/** Users of one page of `Users.list`, and one more, so that the caller knows of a next page. */
export const LISTED_USERS = 101

export interface Disabling {
  /** The operator's words, for the operator. */
  readonly reason: string | null
  readonly now: number
}

export interface User {
  readonly id: string
  readonly appid: string
  readonly openid: string
  readonly unionid: string | null
  readonly nickname: string | null
  readonly avatarUrl: string | null
  readonly phoneNumber: string | null
  readonly createdAt: number
  readonly lastLoginAt: number
  /** Since when the operator lets the user log in no more; null for all others. */
  readonly disabledAt: number | null
  /** Why, in the operator's words. */
  readonly disabledReason: string | null
  /** Proves that this id belongs to this appid and openid; null where nobody made a proof yet. */
  readonly proof: string | null
  /** Proves that a login of this user brought this unionid. */
  readonly unionidProof: string | null
}

/** What is undefined stays as it is; null clears. */
export interface ProfileChange {
  readonly nickname?: string | null | undefined
  readonly avatarUrl?: string | null | undefined
  /** As WeChat proved it, never as a client says. */
  readonly phoneNumber?: string | null | undefined
}

/** What WeChat said of a session_key when it was asked. */
export interface SessionKeyCheck {
  readonly at: number
  readonly valid: boolean
}

export interface SessionKeyChange {
  /** Digest of the session_key that was the newest. */
  readonly from: string
  /** Digest of the one that takes its place. */
  readonly to: string
  readonly now: number
}
