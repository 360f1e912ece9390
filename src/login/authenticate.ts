import { LoginError } from '../errors'
import type { Session, Store } from '../store/store'
import type { Claims, Jwt } from '../token/jwt'
import type { Turns } from './turns'

/** A token that holds, and the session behind it. */
export interface Authenticated {
  readonly claims: Claims
  readonly session: Session
}

export interface AuthenticateOptions {
  jwt: Jwt
  store: Pick<Store, 'findSession'>
  turns: Pick<Turns, 'noteCheck'>
  /** Milliseconds since 1970. */
  now: () => number
}

/** `appid`: take a token of this mini program only. Default: of any that is configured. */
export type Authenticate = (token: string | undefined, appid?: string) => Promise<Authenticated>

/**
 * Whether a token holds: signature, then time, then the session in the store, which is an
 * allowlist. What the store has lost or ended is logged out.
 *
 * @throws LoginError `token_missing`, `token_invalid`, `token_expired`, `session_ended`, or
 *   `store_unavailable` when the store cannot be asked
 */
export function createAuthenticate({ jwt, store, turns, now }: AuthenticateOptions): Authenticate {
  return async (token, appid) => {
    if (!token) throw new LoginError('token_missing')
    const claims = jwt.verify(token)
    if (appid !== undefined && claims.aud !== appid) throw new LoginError('token_invalid')
    turns.noteCheck()
    const session = await store.findSession({ id: claims.sid, userId: claims.sub })
    if (!session || session.expiresAt <= now()) throw new LoginError('session_ended')
    if (session.appid !== claims.aud) throw new LoginError('token_invalid')
    return { claims, session }
  }
}
