/** Who is about to log in. WeChat has said who it is; nothing is written yet. */
export interface LoginCandidate {
  readonly appid: string
  readonly openid: string
  /** Absent means unknown, not none. */
  readonly unionid?: string | undefined
  /** Absent for somebody who was never here. */
  readonly userId?: string | undefined
}

/** Who has just logged in. The session is written. */
export interface LoggedInUser {
  readonly userId: string
  readonly appid: string
  readonly openid: string
  readonly unionid?: string | undefined
  readonly isNewUser: boolean
  readonly sessionId: string
}

/** What a host may do in the middle of a login. */
export interface LoginHooks {
  /**
   * May refuse by throwing `new LoginError('login_refused')`: nothing is written then, and the code
   * is spent. Anything else that it throws, and an answer after 5 s, lets nobody in (500 `internal`).
   */
  beforeLogin?: ((candidate: LoginCandidate) => unknown) | undefined
  /**
   * Awaited before the answer, for 5 s at the most. When it throws, the login stands and
   * `hook.failed` is told. It runs again at the next login, so write it as an upsert.
   */
  afterLogin?: ((user: LoggedInUser) => unknown) | undefined
}
