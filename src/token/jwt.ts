import jwt from 'jsonwebtoken'
import { LRUCache } from 'lru-cache'
import { LoginError } from '../errors'
import type { KeyRing } from './keys'

/** What a token says; JWT Claims Set, RFC 7519 section 4. Times in seconds since 1970. */
export interface Claims {
  /** The mini program's appid. */
  readonly aud: string
  /** Our user id. */
  readonly sub: string
  /** The session, which is what a log-out ends. */
  readonly sid: string
  /** openid and session_key, sealed. */
  readonly enc: string
  readonly iat: number
  readonly exp: number
}

export interface JwtOptions {
  keys: KeyRing
  /** The appids whose tokens are taken. */
  audience: readonly string[]
  /** Longest life that a token may claim, in seconds. */
  maxTtlSeconds: number
  /** Milliseconds since 1970. */
  now: () => number
}

export interface Jwt {
  sign(claims: Claims): string
  /**
   * The claims of a token that we signed and that still runs.
   *
   * @throws LoginError `token_invalid` whatever is wrong with it, all alike; `token_expired` only
   *   once the signature proved right
   */
  verify(token: string): Claims
}

const ISSUER = 'miniprogram-login'
/** Tells our token from any other JWT made with the same key, RFC 8725 section 3.11. */
const TYPE = 'mpl+jwt'
const ALGORITHM = 'HS256'
const MAX_LENGTH = 4096
const LEEWAY_SECONDS = 60
const CACHED_TOKENS = 8192
const SHAPE = /^([\w-]+)\.([\w-]+)\.([\w-]{43})$/

/**
 * jsonwebtoken behind a strict door: by itself it takes tokens without `exp`, with unknown `crit`,
 * from the future, with arrays for payloads and with non-canonical base64url. Signatures that
 * proved right are remembered; time is checked again at every call.
 */
export function createJwt({ keys, audience, maxTtlSeconds, now }: JwtOptions): Jwt {
  const audiences = new Set(audience)
  const verified = new LRUCache<string, Claims>({ max: CACHED_TOKENS })

  function check(token: string): Claims {
    const [, header, payload, signature] = SHAPE.exec(token) ?? []
    if (token.length > MAX_LENGTH || !header || !payload || !signature) throw invalid()
    if (Buffer.from(signature, 'base64url').toString('base64url') !== signature) throw invalid()
    const key = keys.byKid.get(kidOf(parseCanonical(header)))
    if (!key) throw invalid()
    try {
      jwt.verify(token, key.signing, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        ignoreExpiration: true,
      })
    } catch {
      throw invalid()
    }
    return claimsOf(parseCanonical(payload), audiences, maxTtlSeconds)
  }

  return {
    sign(claims) {
      const { kid, signing } = keys.current
      const header = { alg: ALGORITHM, typ: TYPE, kid } as const
      return jwt.sign({ iss: ISSUER, ...claims }, signing, { algorithm: ALGORITHM, header })
    },

    verify(token) {
      const known = verified.get(token)
      const claims = known ?? check(token)
      if (!known) verified.set(token, claims)
      const seconds = now() / 1000
      if (claims.iat > seconds + LEEWAY_SECONDS) throw invalid()
      if (claims.exp <= seconds) throw new LoginError('token_expired')
      return claims
    },
  }
}

function invalid(): LoginError {
  return new LoginError('token_invalid')
}

/** Parses a segment only if it is written as we write: that leaves out white space and double keys. */
function parseCanonical(segment: string): Record<string, unknown> {
  try {
    const text = Buffer.from(segment, 'base64url').toString('utf8')
    const value: unknown = JSON.parse(text)
    const canonical = Buffer.from(JSON.stringify(value)).toString('base64url') === segment
    if (canonical && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>
    }
  } catch {
    // One answer for every malformed token, below.
  }
  throw invalid()
}

/** Exactly our three header fields: so no `crit`, `jwk`, `jku`, `x5u`, `b64` or `zip` gets further. */
function kidOf(header: Record<string, unknown>): string {
  const { alg, typ, kid, ...others } = header
  if (alg !== ALGORITHM || typ !== TYPE || typeof kid !== 'string') throw invalid()
  if (Object.keys(others).length > 0) throw invalid()
  return kid
}

function claimsOf(
  payload: Record<string, unknown>,
  audiences: ReadonlySet<string>,
  maxTtlSeconds: number,
): Claims {
  const { aud, sub, sid, enc, iat, exp } = payload
  const texts = [aud, sub, sid, enc].every(claim => typeof claim === 'string' && claim !== '')
  const times = Number.isSafeInteger(iat) && Number.isSafeInteger(exp)
  const claims = { aud, sub, sid, enc, iat, exp } as Claims
  const ttl = claims.exp - claims.iat
  if (!texts || !times || !audiences.has(claims.aud)) throw invalid()
  if (ttl <= 0 || ttl > maxTtlSeconds) throw invalid()
  return Object.freeze(claims)
}
