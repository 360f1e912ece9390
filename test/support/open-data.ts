import { createCipheriv, createHash, randomBytes } from 'node:crypto'

export interface Encrypted {
  encryptedData: string
  iv: string
}

/** What WeChat hands to a mini program instead of a value: AES-128-CBC under the session_key. */
export function encrypt(sessionKey: string, value: object | string): Encrypted {
  const text = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
  const padding = 16 - (text.length % 16)
  return encryptPadded(sessionKey, Buffer.concat([text, Buffer.alloc(padding, padding)]))
}

/** Whole blocks, padded in whatever way. */
export function encryptPadded(sessionKey: string, padded: Buffer): Encrypted {
  const iv = randomBytes(16)
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), iv)
  cipher.setAutoPadding(false)
  const encryptedData = Buffer.concat([cipher.update(padded), cipher.final()]).toString('base64')
  return { encryptedData, iv: iv.toString('base64') }
}

/** WeChat's signature of a text under the session_key. */
export function sign(sessionKey: string, rawData: string): { rawData: string; signature: string } {
  const signature = createHash('sha1').update(rawData).update(sessionKey).digest('hex')
  return { rawData, signature }
}

/** The same base64 with one bit of its bytes turned. */
export function flipBit(base64: string, bit: number): string {
  const bytes = Buffer.from(base64, 'base64')
  const at = bit >> 3
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7))
  return bytes.toString('base64')
}
