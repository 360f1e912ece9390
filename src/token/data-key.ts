import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto'
import { joinParts } from './join-parts'
import { randomBytes } from './random'
import { openText, sealText } from './seal'
import type { SigningKeys } from './signing-keys'

/** What is kept of a data key: sealed in the store, in clear in memory alone. */
export interface DataKeySecret {
  /** 32 random bytes, base64url. */
  readonly secret: string
  /** Until then a user without a proof is believed. Milliseconds since 1970; 0 means never. */
  readonly adoptUntil: number
}

/** A key of the deployment's own. A rotation of the signing secret does not change it. */
export interface DataKey extends Pick<DataKeySecret, 'adoptUntil'> {
  /** A MAC that only this key can make: 4 characters that name the key, then 132 bits. */
  prove(...parts: readonly string[]): string
  /** Whether a proof is right, in constant time. */
  holds(proof: string, ...parts: readonly string[]): boolean
  /** Whether this key made a text that looks like a proof. One of a lost key counts as absent. */
  isOwn(proof: string | null): proof is string
  /** A one-way name, 22 characters. Nobody without the key can compute it from a guess. */
  digest(...parts: readonly string[]): string
}

const NAME = 'data key'
const DIGEST_LENGTH = 22

export function newDataKeySecret(adoptUntil: number): DataKeySecret {
  return { secret: randomBytes(32).toString('base64url'), adoptUntil }
}

/** Derives the two keys of a data key by HKDF (RFC 5869): one for proofs, one for digests. */
export function createDataKey({ secret, adoptUntil }: DataKeySecret): DataKey {
  const input = Buffer.from(secret, 'base64url')
  const derive = (use: string, length = 32) =>
    Buffer.from(hkdfSync('sha256', input, '', `miniprogram-login ${use} v1`, length))
  const proofs = createSecretKey(derive('proof'))
  const digests = createSecretKey(derive('digest'))
  const id = derive('data key id', 3).toString('base64url')
  const prove = (...parts: readonly string[]) => id + mac(proofs, parts)
  return {
    adoptUntil,
    prove,
    holds(proof, ...parts) {
      const [shown, right] = [Buffer.from(proof), Buffer.from(prove(...parts))]
      return shown.length === right.length && timingSafeEqual(shown, right)
    },
    isOwn: (proof): proof is string => proof?.startsWith(id) ?? false,
    digest: (...parts) => mac(digests, parts),
  }
}

/** 132 bits of HMAC-SHA256 (RFC 2104). */
function mac(key: KeyObject, parts: readonly string[]): string {
  const text = joinParts(parts)
  return createHmac('sha256', key).update(text).digest('base64url').slice(0, DIGEST_LENGTH)
}

/** Seals a data key once for each signing key, so that each opens it alone. */
export function sealDataKey(
  { byKid }: Pick<SigningKeys, 'byKid'>,
  { secret, adoptUntil }: DataKeySecret,
): string {
  const text = JSON.stringify([secret, adoptUntil])
  return [...byKid.values()].map(key => sealText(key, text, NAME)).join(' ')
}

/** The data key; undefined where no signing key opens it, or where it was altered. */
export function openDataKey(signingKeys: SigningKeys, sealed: string): DataKeySecret | undefined {
  for (const copy of sealed.split(' ')) {
    const text = openText(signingKeys, copy, NAME)
    if (text === undefined) continue
    const [secret, adoptUntil] = JSON.parse(text) as [string, number]
    return { secret, adoptUntil }
  }
  return undefined
}

/** Whether exactly these signing keys open a sealed data key. After a rotation they do not. */
export function isSealedByAll({ byKid }: Pick<SigningKeys, 'byKid'>, sealed: string): boolean {
  const kids = sealed.split(' ').map(copy => copy.slice(0, copy.indexOf('.')))
  return kids.length === byKid.size && kids.every(kid => byKid.has(kid))
}
