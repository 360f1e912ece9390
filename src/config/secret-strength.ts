import { createHash } from 'node:crypto'

const MAKE_ONE = 'make one: openssl rand -base64 48'

const PLACEHOLDER =
  /change.?me|change.?this|replace|example|placeholder|your[-_ ]|secret|password|default|insecure|qwerty|abcdefgh|12345678|01234567|xxxxxx|miniprogram/i

/**
 * Why a signing secret must not sign, or undefined when it may. It must have 32 bytes or more
 * (RFC 7518 section 3.2 for HS256), be no placeholder, and not be predictable. The answer never
 * shows the secret: length and fingerprint tell an operator which value was read.
 */
export function weaknessOf(secret: string): string | undefined {
  const bytes = Buffer.byteLength(secret)
  const which = `${bytes} bytes, SHA-256 starts with ${fingerprint(secret)}`
  if (bytes < 32) {
    return `must be at least 32 bytes (this one: ${which}): ${MAKE_ONE}; in .env a value that holds # needs quotes`
  }
  if (PLACEHOLDER.test(secret)) return `looks like a placeholder (this one: ${which}): ${MAKE_ONE}`
  if (isRepetition(secret) || entropyBits(secret) < 96)
    return `is too predictable (this one: ${which}): ${MAKE_ONE}`
  return undefined
}

/** Whether a value was evidently copied from a sample, like `your-app-secret` or `xxxxxx`. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || new Set(value).size < 4
}

/** The first 8 hex digits of SHA-256: enough to compare two machines, too little to find the secret. */
export function fingerprint(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 8)
}

function isRepetition(text: string): boolean {
  return (text + text).indexOf(text, 1) < text.length
}

/** Shannon entropy of the characters, in bits. It is an upper bound: it refuses hopeless secrets only. */
function entropyBits(text: string): number {
  const counts = new Map<string, number>()
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= count * Math.log2(count / text.length)
  return bits
}
