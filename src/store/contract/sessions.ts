import type { SessionKeyCheck } from './users'

/** A user's sessions at one time; a further login ends the oldest. */
export const MAX_SESSIONS_PER_USER = 10

/** Sessions: the allowlist of logins that hold. What a store loses is logged out. */
export interface Sessions {
  /**
   * One login, all or nothing: creates or refreshes the user of (appid, openid), adds the session,
   * ends the oldest of that user beyond the limit, settles the code. A unionid that is new for a
   * known user may follow by itself, before this resolves.
   *
   * For a user who is disabled it does nothing but say so. Whatever the order in which a login and a
   * `Users.disable` or a `Users.erase` come to the store, no session of that login is left.
   */
  begin(login: NewLogin): Promise<BegunLogin>
  /** The session and its user in one look; undefined when the session has ended or never was. */
  find(session: SessionRef): Promise<Session | undefined>
  /** The user's sessions that still run, newest first; at most `MAX_SESSIONS_PER_USER`. */
  list(userId: string, now: number): Promise<readonly ListedSession[]>
  /** Stores a session's secrets sealed anew, if the session still holds the session_key `from`. */
  reseal(session: SessionRef, secrets: ResealedSecrets): Promise<void>
  /** Notes that a session was used; nothing happens if it has ended. A power cut may undo it. */
  noteUse(session: SessionRef, now: number): Promise<void>
  /** Resolves to whether there was such a session. */
  end(session: SessionRef): Promise<boolean>
  /** Ends all sessions of a user. Resolves to the ids of those that it ended. */
  endAll(userId: string): Promise<readonly string[]>
}

/** Names a session. A store that spreads users over machines finds a session by its user. */
export interface SessionRef {
  readonly id: string
  readonly userId: string
}

export interface Session extends SessionRef {
  readonly appid: string
  readonly openid: string
  /** The user's: also one that a later login brought. */
  readonly unionid: string | null
  /** Proves that a login of this user brought this unionid. */
  readonly unionidProof: string | null
  /** openid and session_key, sealed; opens only with the signing keys. */
  readonly sealed: string
  /** Digest of the session_key; null where the login brought none. */
  readonly sessionKeyHash: string | null
  readonly createdAt: number
  readonly expiresAt: number
  /** When a use was last noted; before the first note, when the session began. */
  readonly lastUsedAt: number
  /** Digest of the newest session_key that any login of the user brought, and when. */
  readonly newestKeyHash: string | null
  readonly newestKeyAt: number
  /** What WeChat last said of that newest session_key; null where it was not asked since. */
  readonly newestKeyCheck: SessionKeyCheck | null
}

/** A session without what belongs to its user. */
export type ListedSession = Pick<
  Session,
  'id' | 'sealed' | 'sessionKeyHash' | 'createdAt' | 'expiresAt' | 'lastUsedAt'
>

export interface NewLogin {
  /** A login without a code gives a name that no code has: nothing is settled then. */
  readonly codeHash: string
  readonly owner: string
  readonly sessionId: string
  /** Used if this is the user's first login. */
  readonly newUserId: string
  readonly appid: string
  readonly openid: string
  /** null means unknown, not none: what is known already stays. */
  readonly unionid: string | null
  /** Of the new user; null where the caller knows the user already. */
  readonly proof: string | null
  /** Null where `unionid` is. */
  readonly unionidProof: string | null
  readonly sealed: string
  /** Names the session in the record of its code: sealed. */
  readonly sessionRef: string
  /** Digest of the session_key; null where the login brought none. */
  readonly sessionKeyHash: string | null
  readonly now: number
  readonly expiresAt: number
}

export interface BegunLogin {
  readonly userId: string
  readonly isNewUser: boolean
  /** Ids of the user's sessions that this login ended, because there were too many. */
  readonly evicted: readonly string[]
  /** The operator has disabled the user: there is no session. */
  readonly isDisabled: boolean
}

export interface ResealedSecrets {
  readonly sealed: string
  /** Digest of the session_key that the session holds; nothing happens if it holds another one. */
  readonly from: string | null
  /** Digest of the session_key in `sealed`. Default: the same as before. */
  readonly sessionKeyHash?: string | null
}
