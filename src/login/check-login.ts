import { type ErrorCode, LoginError } from '../errors'
import type { Origin } from '../events'
import type { Session } from '../store/contract/sessions'
import type { Identify, Identity } from './identify'

/**
 * `fresh`: this session holds the newest session_key that we saw for the user, and WeChat gave or
 * confirmed the key within 5 minutes. `replaced`: a newer login brought another key, or WeChat
 * denied this one. `unknown`: neither.
 */
export type SessionKeyState = 'fresh' | 'unknown' | 'replaced'

export interface LoginState {
  readonly isLogin: boolean
  /** Seconds until the token expires. */
  readonly expiresIn: number
  readonly sessionKey: SessionKeyState
  /** `renew`: call /refresh soon. `login`: call wx.login. */
  readonly next: 'none' | 'renew' | 'login'
  /** Why the caller is not logged in. */
  readonly reason?: ErrorCode
}

export type CheckLogin = (token: string | undefined, origin: Origin) => Promise<LoginState>

const FRESH_MS = 300_000

/**
 * Says whether a token holds, and changes nothing: the session does not count as used by it.
 *
 * @throws LoginError `store_unavailable`: then nobody can say
 */
export function createCheckLogin(identify: Identify, now: () => number): CheckLogin {
  return async (token, origin) => {
    try {
      return stateOf(await identify({ token }, { origin, isLook: true }), now())
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

function stateOf({ claims, session }: Identity, now: number): LoginState {
  const expiresIn = Math.ceil(claims.exp - now / 1000)
  const life = claims.exp - claims.iat
  // A token that runs until its session's end cannot be renewed any further.
  const renewable = claims.exp * 1000 < session.expiresAt
  return {
    isLogin: true,
    expiresIn,
    sessionKey: sessionKeyState(session, now),
    next: renewable && expiresIn < life / 4 ? 'renew' : 'none',
  }
}

function sessionKeyState(session: Session, now: number): SessionKeyState {
  const { sessionKeyHash, newestKeyHash, newestKeyAt, newestKeyCheck: check } = session
  // A session without a session_key has none that could be fresh or replaced.
  if (sessionKeyHash === null) return 'unknown'
  if (sessionKeyHash !== newestKeyHash || check?.valid === false) return 'replaced'
  return now - Math.max(newestKeyAt, check?.at ?? 0) <= FRESH_MS ? 'fresh' : 'unknown'
}
