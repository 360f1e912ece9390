import type { ErrorMiddleware } from '../http/error-handler'
import type { LoginOf } from '../http/found-login'
import type { Middleware } from '../http/require-login'
import type { Decrypt } from '../login/decrypt'
import type { SessionKeyReset } from '../login/reset-session-key'
import type { LoginSurface } from '../login/surface'
import type { Users } from '../login/users'
import type { AccessToken } from '../wx/stable-token'

/** The login service, ready to be mounted. */
export interface Login extends LoginSurface {
  /** Serves `/login`, `/checklogin` and the rest below whatever path it is mounted at. */
  readonly router: Middleware
  /**
   * Guards a route: sets `req.login`, or answers 401 in our error shape. The host's error handler gets
   * a TypeError where other middleware owns that name, see the option `property`.
   */
  readonly required: Middleware
  /**
   * As `required`, and refuses another mini program's token as it refuses a forged one: for routes
   * that belong to one of several apps.
   *
   * @throws TypeError when the appid is not one of `apps`
   */
  requiredFor(appid: string): Middleware
  /**
   * As `required`, but lets a request without a token pass: nobody is asking then, and `req.login` is
   * undefined. A token that does not hold is refused all the same.
   */
  readonly optional: Middleware
  /**
   * What the guard of this request found, whatever other middleware has done to `req.login`. Behind
   * `optional` ask with `{ optional: true }`, which gives undefined for nobody.
   */
  readonly of: LoginOf
  /** Looks users up and changes them, for the server's own use. */
  readonly users: Users
  /**
   * What `POST /decrypt` does, for routes of your own: `login.decrypt(req.login, req.body)`. Gives
   * WeChat's object whole, openId and unionId included: those are for the server.
   */
  readonly decrypt: Decrypt
  /**
   * The access_token of an app, for calls of your own to WeChat. All instances share it, and it is
   * renewed in time. Keep it no longer than until `expiresAt`, in milliseconds since 1970. `appid`
   * may be left out where there is only one app.
   *
   * @throws TypeError for an appid that is not one of `apps`, or is left out where there are several
   * @param refused a token that WeChat has just refused (40001, 40014, 42001): another one is given
   */
  accessToken(appid?: string, refused?: string): Promise<AccessToken>
  /**
   * Has WeChat end a user's session_key that may have leaked. The user stays logged in. The answer is
   * `dead` where the key was not valid any more, and `unknown` where no session of the user holds one.
   */
  resetSessionKey(userId: string): Promise<SessionKeyReset>
  /**
   * The last middleware of a host's app: answers a LoginError that a route threw, and passes every
   * other error on.
   */
  readonly errorHandler: ErrorMiddleware
  /**
   * All metrics as Prometheus reads them, for a route of the host's own: send it as
   * `text/plain; version=0.0.4`. docs/metrics.md lists them.
   */
  metrics(): Promise<string>
  /** Waits for logins and phone numbers under way, then closes the store and the connections to WeChat. */
  close(): Promise<void>
}
