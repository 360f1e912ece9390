import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/** What one secret signs and seals with. */
export interface SigningKey {
  /**
   * Names this key in a token's header and at the head of sealed text. Nobody can compute the
   * secret from it.
   */
  readonly kid: string
  readonly signing: KeyObject
  readonly sealing: KeyObject
}

/** `current` signs and seals. `byKid` holds every key that still verifies and opens. */
export interface SigningKeys {
  readonly current: SigningKey
  readonly byKid: ReadonlyMap<string, SigningKey>
}

/**
 * Makes the keys of a service.
 *
 * @param otherSecret the secret before this one, or the one to come: it only verifies and opens
 */
export function createSigningKeys(secret: string, otherSecret?: string): SigningKeys {
  const current = createSigningKey(secret)
  const all = otherSecret === undefined ? [current] : [current, createSigningKey(otherSecret)]
  return { current, byKid: new Map(all.map(key => [key.kid, key])) }
}

/**
 * Derives the keys of one secret. The sealing key comes from HKDF (RFC 5869), so a weakness of
 * either use of the secret does not reach the other.
 *
 * The keys are KeyObjects and are made once. jsonwebtoken tries a string as a PEM key at every
 * call: a verification then costs 300 µs instead of 5 µs.
 */
function createSigningKey(secret: string): SigningKey {
  const input = Buffer.from(secret)
  const sealing = hkdfSync('sha256', input, '', 'miniprogram-login seal v1', 32)
  const kid = hkdfSync('sha256', input, '', 'miniprogram-login kid v1', 6)
  return {
    kid: Buffer.from(kid).toString('base64url'),
    signing: createSecretKey(input),
    sealing: createSecretKey(Buffer.from(sealing)),
  }
}
