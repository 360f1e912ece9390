import { createHash, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/** What one secret signs and seals with. */
export interface Key {
  /** Names the key in a token's header and at the head of a sealed blob; says nothing of the secret. */
  readonly kid: string
  readonly signing: KeyObject
  readonly sealing: KeyObject
}

/** Signs with one key and understands another, the one before or the one to come. */
export interface KeyRing {
  readonly current: Key
  readonly byKid: ReadonlyMap<string, Key>
}

export function createKeyRing(secret: string, otherSecret?: string): KeyRing {
  const current = createKey(secret)
  const keys = otherSecret === undefined ? [current] : [current, createKey(otherSecret)]
  return { current, byKid: new Map(keys.map(key => [key.kid, key])) }
}

/**
 * KeyObjects, made once: given a string, jsonwebtoken tries it as a PEM key on every call, which
 * costs fifty times the signature itself. Sealing has its own key (HKDF, RFC 5869), so that
 * neither use of the secret can weaken the other.
 */
function createKey(secret: string): Key {
  const input = Buffer.from(secret)
  const sealing = hkdfSync('sha256', input, '', 'miniprogram-login seal v1', 32)
  const kid = hkdfSync('sha256', input, '', 'miniprogram-login kid v1', 6)
  return {
    kid: Buffer.from(kid).toString('base64url'),
    signing: createSecretKey(input),
    sealing: createSecretKey(Buffer.from(sealing)),
  }
}

/** A one-way name for a value that must not rest in the store: 128 bits of SHA-256. */
export function digest(...parts: readonly string[]): string {
  const hash = createHash('sha256')
  // Each part's length goes first, so that no two lists of parts run together alike.
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part)
  return hash.digest('base64url').slice(0, 22)
}
