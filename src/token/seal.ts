import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Key, KeyRing } from './keys'
import { randomBytes } from './random'

/** What travels inside a token without being shown. */
export interface Sealed {
  readonly openid: string
  readonly sessionKey: string
  readonly unionid?: string
}

/** The session and app that a blob belongs to; moved elsewhere it does not open. */
export interface SealContext {
  readonly sessionId: string
  readonly appid: string
}

const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * AES-256-GCM (NIST SP 800-38D) with a random nonce, bound to session and app as additional data.
 * The text is `kid.` and then base64url of nonce, ciphertext and tag.
 */
export function seal(key: Key, secret: Sealed, context: SealContext): string {
  const fields = [secret.openid, secret.sessionKey, secret.unionid ?? '']
  return sealText(key, JSON.stringify(fields), boundTo(context))
}

/** Any text, bound to what it belongs to. */
export function sealText(key: Key, text: string, belongsTo: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key.sealing, iv)
  cipher.setAAD(Buffer.from(belongsTo))
  const body = cipher.update(text, 'utf8')
  const end = cipher.final()
  return `${key.kid}.${Buffer.concat([iv, body, end, cipher.getAuthTag()]).toString('base64url')}`
}

/** The sealed values, or undefined when the key is gone, the blob was altered or belongs elsewhere. */
export function unseal(ring: KeyRing, blob: string, context: SealContext): Sealed | undefined {
  const text = unsealText(ring, blob, boundTo(context))
  if (text === undefined) return undefined
  const [openid, sessionKey, unionid] = JSON.parse(text) as [string, string, string]
  return { openid, sessionKey, ...(unionid !== '' && { unionid }) }
}

/** The sealed text, or undefined when it does not open. */
export function unsealText(ring: KeyRing, blob: string, belongsTo: string): string | undefined {
  const dot = blob.indexOf('.')
  const key = ring.byKid.get(blob.slice(0, dot))
  const bytes = Buffer.from(blob.slice(dot + 1), 'base64url')
  if (!key || bytes.length <= IV_BYTES + TAG_BYTES) return undefined
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.sealing, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(belongsTo))
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    const body = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES))
    return Buffer.concat([body, decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

/** Whether this key sealed a blob; one that an older key sealed is worth sealing again. */
export function isSealedBy(key: Key, blob: string): boolean {
  return blob.startsWith(`${key.kid}.`)
}

function boundTo({ sessionId, appid }: SealContext): string {
  return `${sessionId}\n${appid}`
}
