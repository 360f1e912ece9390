import type { Identity } from './identify'

/** Who is asking, as a host's routes and use cases get it. */
export interface LoginContext {
  /** Our user id. It is stable, and says nothing of the openid. */
  readonly userId: string
  readonly openid: string
  /** Absent means unknown, not none. */
  readonly unionid?: string
  readonly appid: string
  readonly sessionId: string
  /**
   * WeChat's session_key of this login, for the server's own use: it must never leave it.
   *
   * @throws LoginError `session_ended` when the secret that sealed it is no longer configured;
   *   `session_key_stale` when the login brought none, as in Cloud Hosting
   */
  sessionKey(): string
}

export function loginContextOf(identity: Identity): LoginContext {
  const { userId, openid, unionid, appid, id: sessionId } = identity.session
  return {
    userId,
    openid,
    ...(unionid !== null && { unionid }),
    appid,
    sessionId,
    sessionKey: () => identity.sessionKey(),
  }
}
