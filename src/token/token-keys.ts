import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { SigningKeys } from './signing-keys'

/** What tokens are signed and verified with: one key, which has one algorithm. */
export interface TokenKey {
  /** Names this key in a token's header. */
  readonly kid: string
  readonly algorithm: 'HS256' | 'ES256'
  readonly signing: KeyObject
  /** For HS256 the same key; for ES256 the public half. */
  readonly verifying: KeyObject
}

/** A public key as RFC 7517 writes it. */
export interface PublicJwk {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
  readonly kid: string
  readonly use: 'sig'
  readonly alg: 'ES256'
}

/** `current` signs. `byKid` holds every key that still verifies. */
export interface TokenKeys {
  readonly current: TokenKey
  readonly byKid: ReadonlyMap<string, TokenKey>
  /** What other services may verify with, the current key first. Empty where no key is public. */
  readonly publicKeys: readonly PublicJwk[]
}

export interface PrivateKeys {
  /** PEM of a P-256 key, which signs. Without one the signing secret signs, by HS256. */
  readonly jwtPrivateKey?: string | undefined
  /** The key before this one, or the one to come: it is published and only verifies. */
  readonly jwtPrivateKeyPrevious?: string | undefined
}

/**
 * Makes the keys of tokens. The secrets verify beside a private key, too: a token that was signed
 * by HS256 before the switch holds until it ends.
 *
 * Every `kid` has one algorithm. Otherwise a public key, which everybody knows, could be shown as
 * the secret of an HS256 token (RFC 8725 section 2.1).
 */
export function createTokenKeys(
  signingKeys: SigningKeys,
  { jwtPrivateKey, jwtPrivateKeyPrevious }: PrivateKeys = {},
): TokenKeys {
  const current = jwtPrivateKey === undefined ? undefined : createPair(jwtPrivateKey)
  const other = jwtPrivateKeyPrevious === undefined ? undefined : createPair(jwtPrivateKeyPrevious)
  const pairs = [current, other].filter(pair => pair !== undefined)
  const secrets = [...signingKeys.byKid.values()].map(secretKey)
  const all = [...pairs.map(({ key }) => key), ...secrets]
  return {
    current: current?.key ?? secretKey(signingKeys.current),
    byKid: new Map(all.map(key => [key.kid, key])),
    publicKeys: pairs.map(({ jwk }) => jwk),
  }
}

function secretKey({ kid, signing }: SigningKeys['current']): TokenKey {
  return { kid, algorithm: 'HS256', signing, verifying: signing }
}

/** A key and what the world may see of it. Named by its RFC 7638 thumbprint, as any library names it. */
function createPair(pem: string): { readonly key: TokenKey; readonly jwk: PublicJwk } {
  const signing = createPrivateKey(pem)
  const verifying = createPublicKey(signing)
  const { x = '', y = '' } = verifying.export({ format: 'jwk' })
  // These four members, in this order, without white space: RFC 7638 section 3.
  const members = JSON.stringify({ crv: 'P-256', kty: 'EC', x, y })
  const kid = createHash('sha256').update(members).digest('base64url')
  return {
    key: { kid, algorithm: 'ES256', signing, verifying },
    jwk: { kty: 'EC', crv: 'P-256', x, y, kid, use: 'sig', alg: 'ES256' },
  }
}
