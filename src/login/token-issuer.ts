import type { Session } from '../store/store'
import type { Jwt } from '../token/jwt'

/** A token as its receiver gets it. */
export interface IssuedToken {
  readonly token: string
  /** Seconds that it still runs. */
  readonly expiresIn: number
}

export type TokenSession = Pick<Session, 'id' | 'userId' | 'appid' | 'sealed' | 'expiresAt'>

export interface TokenIssuerOptions {
  jwt: Jwt
  tokenTtlSeconds: number
  now: () => number
}

export type TokenIssuer = (session: TokenSession, issuedAtMs?: number) => IssuedToken

/**
 * Makes a session's token. It never outlives the session; the same session and time of issue give
 * the same claims, so a repeated login can get its first answer again.
 */
export function createTokenIssuer({ jwt, tokenTtlSeconds, now }: TokenIssuerOptions): TokenIssuer {
  return (session, issuedAtMs = now()) => {
    const iat = Math.floor(issuedAtMs / 1000)
    const exp = Math.min(iat + tokenTtlSeconds, Math.ceil(session.expiresAt / 1000))
    const { appid: aud, userId: sub, id: sid, sealed: enc } = session
    const token = jwt.sign({ aud, sub, sid, enc, iat, exp })
    return { token, expiresIn: Math.max(0, exp - Math.floor(now() / 1000)) }
  }
}
