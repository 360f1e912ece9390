/**
 * What the service remembers, behind one door. All times are milliseconds since 1970 and come from
 * the caller: one clock decides, and tests can hold it. Every method may throw LoginError
 * `store_unavailable`; a write that resolved is durable, but for a claim, which a power cut may undo.
 */
export interface Store extends SharedValues, SessionKeys {
  /**
   * Takes a login code for one caller among all instances. Resolves to undefined when it is now
   * this caller's, else to what is known of the code.
   */
  claimCode(claim: CodeClaim): Promise<LoginCode | undefined>
  findCode(codeHash: string): Promise<LoginCode | undefined>
  /** Frees a code that surely never reached WeChat, so that it can be tried again. */
  releaseCode(codeHash: string, owner: string): Promise<void>
  /** Settles a code whose exchange failed; whoever repeats it gets the same error. */
  failCode(codeHash: string, failure: CodeFailure): Promise<void>
  /**
   * One login, all or nothing: creates or refreshes the user of (appid, openid), adds the session,
   * ends the oldest of that user beyond the limit, settles the code. A unionid that is new for a
   * known user may follow by itself, before this resolves.
   */
  completeLogin(login: CompletedLogin): Promise<{ userId: string; isNewUser: boolean }>

  /** The session and its user in one look; undefined when it has ended or never was. */
  findSession(session: SessionRef): Promise<Session | undefined>
  /**
   * The sealed session_keys of the user's sessions that still run, newest session first; no more
   * than a user may have sessions.
   */
  findSealedKeys(userId: string, now: number): Promise<readonly SealedKey[]>
  endSession(session: SessionRef): Promise<void>
  endSessionsOfUser(userId: string): Promise<void>

  findUser(userId: string): Promise<User | undefined>
  findUserByOpenid(appid: string, openid: string): Promise<User | undefined>
  /** All users whose last login with a unionid brought this one, the oldest first. */
  findUsersByUnionid(unionid: string): Promise<readonly User[]>
  /** The oldest first. */
  findUsersByPhone(phoneNumber: string): Promise<readonly User[]>
  updateProfile(userId: string, profile: ProfileChange): Promise<void>

  /**
   * Counts one more call under a key, in windows that begin with the first call. One counter for
   * all instances.
   */
  countCall(key: string, windowMs: number, now: number): Promise<CallCount>

  /** Removes one batch of what has expired; resolves to whether there may be more. */
  sweep(now: number): Promise<boolean>
  /** Asks the store a trivial question. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Small values that all instances share, each under a key and for a time. */
export interface SharedValues {
  /** The value, unless there is none or it has expired. */
  readShared(key: string, now: number): Promise<string | undefined>
  writeShared(key: string, value: string, life: Life): Promise<void>
  /**
   * Writes a value that no other caller uses, where there is none or only an expired one; resolves
   * to whether it did. So a claim is a lease: `dropShared` gives it back, and one whose holder died
   * ends with its life.
   */
  claimShared(key: string, value: string, life: Life): Promise<boolean>
  /** Removes the value if it is still this one; resolves to whether it did. */
  dropShared(key: string, value: string): Promise<boolean>
}

export interface Life {
  readonly now: number
  readonly expiresAt: number
}

/** What is known of session_keys beyond the logins that brought them. */
export interface SessionKeys {
  /** Stores a session's secrets sealed anew, and its key where that changed, if it holds `from`. */
  resealSession(session: SessionRef, secrets: ResealedSecrets): Promise<void>
  /** Notes what WeChat said of a key, if it is the newest of the user and nothing later was said. */
  noteKeyCheck(userId: string, keyHash: string, check: KeyCheck): Promise<void>
  /** Puts another key in the place of the user's newest, if that is `from`. */
  replaceNewestKey(userId: string, change: KeyChange): Promise<void>
}

export interface ResealedSecrets {
  readonly sealed: string
  readonly from: string
  /** Digest of the session_key in it. Default: the same as before. */
  readonly keyHash?: string
}

/** What WeChat said of a session_key when it was asked. */
export interface KeyCheck {
  readonly at: number
  readonly valid: boolean
}

export interface KeyChange {
  /** Digests. */
  readonly from: string
  readonly to: string
  readonly now: number
}

/** Users without their sessions: for a store that keeps sessions elsewhere. */
export interface UserStore
  extends Pick<
    Store,
    | 'findUser'
    | 'findUserByOpenid'
    | 'findUsersByUnionid'
    | 'findUsersByPhone'
    | 'updateProfile'
    | 'replaceNewestKey'
    | 'sweep'
    | 'ping'
    | 'close'
  > {
  /** Creates or refreshes the user of (appid, openid), durably. */
  saveUser(login: CompletedLogin): Promise<SavedUser>
}

export interface SavedUser {
  readonly userId: string
  readonly isNewUser: boolean
  /** What any login of this user brought last. */
  readonly unionid: string | null
  /** The newest session_key that any login of this user brought, and when. */
  readonly newestKeyHash: string
  readonly newestKeyAt: number
}

/** Rows of each kind that one sweep removes at the most. */
export const SWEEP_BATCH = 500

/** A user's sessions at one time; a further login ends the oldest. */
export const MAX_SESSIONS_PER_USER = 10

export interface CodeClaim {
  /** One-way digest of appid and code: the code itself never rests here. */
  readonly codeHash: string
  /** Random name of this attempt. */
  readonly owner: string
  /** Digest of the caller's Idempotency-Key, bound to the code. */
  readonly idempotencyHash: string | null
  readonly now: number
  /** When the record may be forgotten: WeChat refuses the code by itself long before. */
  readonly expiresAt: number
}

export interface LoginCode {
  readonly status: 'claimed' | 'done' | 'failed'
  readonly owner: string
  readonly idempotencyHash: string | null
  readonly claimedAt: number
  readonly settledAt: number | null
  /** Of a login that is done. */
  readonly session: SessionRef | null
  readonly isNewUser: boolean
  /** Of one that failed: the error's code, and WeChat's errcode. */
  readonly error: string | null
  readonly wxErrcode: number | null
}

export interface CodeFailure {
  readonly owner: string
  readonly error: string
  readonly wxErrcode: number | null
  readonly now: number
}

export interface CompletedLogin {
  readonly codeHash: string
  readonly owner: string
  readonly sessionId: string
  /** Used if this is the user's first login. */
  readonly newUserId: string
  readonly appid: string
  readonly openid: string
  /** null means unknown, not none: what is known already stays. */
  readonly unionid: string | null
  readonly sealed: string
  /** Digest of the session_key, to tell whether another login brought a newer one. */
  readonly keyHash: string
  readonly now: number
  readonly expiresAt: number
}

/** Names a session. A store that spreads users over machines finds it by its user. */
export interface SessionRef {
  readonly id: string
  readonly userId: string
}

export interface Session extends SessionRef {
  readonly appid: string
  readonly openid: string
  /** The user's: also one that a later login brought. */
  readonly unionid: string | null
  /** openid and session_key, sealed; opens only with the key ring. */
  readonly sealed: string
  readonly keyHash: string
  readonly createdAt: number
  readonly expiresAt: number
  /** The newest session_key of the user that any login brought, and when. */
  readonly userKeyHash: string
  readonly userKeyAt: number
  /** What WeChat last said of that newest key; null where it was not asked since. */
  readonly userKeyCheck: KeyCheck | null
}

/** What opens one session's session_key, together with the key ring and the appid. */
export type SealedKey = Pick<Session, 'id' | 'sealed'>

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
}

export interface CallCount {
  /** Calls in this window, this one included. */
  readonly count: number
  /** When the window ends. */
  readonly endsAt: number
}

/** What is undefined stays as it is; null clears. */
export interface ProfileChange {
  readonly nickname?: string | null | undefined
  readonly avatarUrl?: string | null | undefined
  /** As WeChat proved it, never as a client says. */
  readonly phoneNumber?: string | null | undefined
}
