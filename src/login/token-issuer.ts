import type { Session } from '../store/contract/sessions'
import type { Jwt } from '../token/jwt'
import { checkTimes } from './row-times'

/** A token as its receiver gets it. */
export interface IssuedToken {
  readonly token: string
  /** Seconds until the token expires. */
  readonly expiresIn: number
}

export type TokenSession = Pick<Session, 'id' | 'userId' | 'appid' | 'sealed' | 'expiresAt'>

export interface TokenIssuerOptions {
  jwt: Pick<Jwt, 'sign'>
  tokenTtlSeconds: number
  /** Milliseconds since 1970. */
  now: () => number
}

export type TokenIssuer = (session: TokenSession, issuedAtMs?: number) => IssuedToken

/**
 * Makes a token of a session, which never outlives the session. The same session and time of issue
 * always make the same claims. A repeated login can therefore get its first answer again.
 *
 * @throws LoginError `store_unavailable` for a row whose times are none: no token is made of them
 */
export function createTokenIssuer({ jwt, tokenTtlSeconds, now }: TokenIssuerOptions): TokenIssuer {
  return (session, issuedAtMs = now()) => {
    checkTimes(issuedAtMs, session.expiresAt)
    const iat = Math.floor(issuedAtMs / 1000)
    const exp = Math.min(iat + tokenTtlSeconds, Math.ceil(session.expiresAt / 1000))
    const { appid: aud, userId: sub, id: sid, sealed: enc } = session
    const token = jwt.sign({ aud, sub, sid, enc, iat, exp })
    return { token, expiresIn: Math.max(0, exp - Math.floor(now() / 1000)) }
  }
}
