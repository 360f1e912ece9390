import { LoginError } from '../errors'
import type { Origin } from '../events'
import type { OpenDataOwner } from './decrypt'
import type { Identify } from './identify'
import type { LogIn } from './login'
import { type LoginContext, loginContextOf } from './login-context'
import type { Logout } from './logout'
import type { Phone } from './phone'
import type { PhoneNumber } from './platform'
import type { Refresh } from './refresh'

/** A login as a host's own code asks for it. */
export interface LogInRequest {
  readonly code: string
  /** Default: the first configured app. */
  readonly appid?: string | undefined
  /** Lets the sender of a lost answer fetch it again within 60 seconds. */
  readonly idempotencyKey?: string | undefined
  /** Who asks, for the audit. No limit counts it: limits are the routes' own. */
  readonly ip?: string | undefined
}

/** A token and whose it is. */
export interface LoginResult {
  readonly token: string
  /** Seconds until the token expires. */
  readonly expiresIn: number
  readonly userId: string
  readonly appid: string
  readonly isNewUser: boolean
}

/** The use cases without HTTP: for envelopes and transports of a host's own. */
export interface LoginSurface {
  /** @throws LoginError as `POST /login` answers */
  logIn(request: LogInRequest): Promise<LoginResult>
  /** @throws LoginError as the guard answers */
  refresh(token: string): Promise<LoginResult>
  /**
   * Says whose a token is, as the guard does. `appid`: take tokens of this mini program alone.
   *
   * @throws LoginError as the guard answers
   */
  authenticate(token: string, limits?: { readonly appid?: string }): Promise<LoginContext>
  /** Ends the token's session, or all sessions of its user. @throws LoginError as the guard answers */
  logOut(token: string, options?: { readonly all?: boolean }): Promise<void>
  /** What `POST /phone` does. @throws LoginError as it answers */
  phone(owner: OpenDataOwner, code: string): Promise<PhoneNumber>
}

export interface LoginSurfaceOptions {
  identify: Identify
  logIn: Pick<LogIn, 'login'>
  refresh: Refresh
  logout: Logout
  phone: Pick<Phone, 'ask'>
}

export function createLoginSurface(options: LoginSurfaceOptions): LoginSurface {
  const { identify, logIn, refresh, logout, phone } = options
  /** A call of the library has no request that it belongs to. */
  const origin: Origin = {}
  const identityOf = (token: string, appid?: string) =>
    identify({ token }, { origin, ...(appid !== undefined && { appid }) })

  return {
    async logIn({ code, appid, idempotencyKey, ip }) {
      checkText('code', code, 'code_missing')
      if (idempotencyKey !== undefined) checkText('idempotencyKey', idempotencyKey)
      const answer = await logIn.login({ code, appid, idempotencyKey }, { ip })
      const { token, expiresIn, userId, isNewUser } = answer
      return { token, expiresIn, userId, appid: answer.appid, isNewUser }
    },
    async refresh(token) {
      const { session } = await identityOf(token)
      const { userId, appid } = session
      return { ...(await refresh(session, origin)), userId, appid, isNewUser: false }
    },
    async authenticate(token, { appid } = {}) {
      return loginContextOf(await identityOf(token, appid))
    },
    async logOut(token, { all = false } = {}) {
      const { session } = await identityOf(token)
      await logout(session, { all }, origin)
    },
    async phone({ sessionId: id, userId, appid, openid }, code) {
      checkText('code', code, 'phone_code_missing')
      return phone.ask({ id, userId, appid, openid }, code, origin)
    },
  }
}

/** What a client sent may arrive here as it is: it is refused as the routes refuse it. */
function checkText(field: string, text: unknown, missing?: 'code_missing' | 'phone_code_missing') {
  if (missing && (text === undefined || text === null || text === '')) throw new LoginError(missing)
  if (typeof text === 'string' && /^[\x21-\x7e]{1,512}$/.test(text)) return
  throw new LoginError('invalid_request', { field })
}
