import { type ErrorCode, LoginError } from '../errors'
import type { Session } from '../store/store'
import type { Authenticate } from './authenticate'

/**
 * `fresh`: this session holds the newest session_key that we saw for the user, and WeChat gave or
 * confirmed it within 5 minutes; `replaced`: a newer login brought another, or WeChat denied this
 * one; else `unknown`.
 */
export type SessionKeyState = 'fresh' | 'unknown' | 'replaced'

export interface LoginState {
  readonly isLogin: boolean
  /** Seconds that the token still runs. */
  readonly expiresIn: number
  readonly sessionKey: SessionKeyState
  /** `renew`: call /refresh soon; `login`: call wx.login. */
  readonly next: 'none' | 'renew' | 'login'
  /** Why not, when not logged in. */
  readonly reason?: ErrorCode
}

export type CheckLogin = (token: string | undefined) => Promise<LoginState>

const FRESH_MS = 300_000

/**
 * Says whether a token holds, and changes nothing.
 *
 * @throws LoginError `store_unavailable`: then nobody can say
 */
export function createCheckLogin(authenticate: Authenticate, now: () => number): CheckLogin {
  return async token => {
    try {
      const { claims, session } = await authenticate(token)
      const expiresIn = Math.ceil(claims.exp - now() / 1000)
      const life = claims.exp - claims.iat
      // A token that already runs to its session's end has nothing left to renew.
      const renewable = claims.exp * 1000 < session.expiresAt
      return {
        isLogin: true,
        expiresIn,
        sessionKey: sessionKeyState(session, now()),
        next: renewable && expiresIn < life / 4 ? 'renew' : 'none',
      }
    } catch (error) {
      if (!(error instanceof LoginError) || error.status !== 401) throw error
      return {
        isLogin: false,
        expiresIn: 0,
        sessionKey: 'unknown',
        next: 'login',
        reason: error.code,
      }
    }
  }
}

function sessionKeyState(session: Session, now: number): SessionKeyState {
  const { keyHash, userKeyHash, userKeyAt, userKeyCheck: check } = session
  if (keyHash !== userKeyHash || check?.valid === false) return 'replaced'
  return now - Math.max(userKeyAt, check?.at ?? 0) <= FRESH_MS ? 'fresh' : 'unknown'
}
