import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto'

/** How many keys of a user are remembered, so that a phone can still encrypt with an old one. */
const MEMORY = 10

/** The session_keys of every user in every app: one of them is valid, or none. */
export interface SessionKeys {
  current(name: string, appid: string): string | undefined
  rotate(name: string, appid: string): void
  expire(name: string, appid: string): void
  /** The newest key that there ever was (0), the one before it (1) … */
  ago(name: string, appid: string, ago: number): string | undefined
}

export function createSessionKeys(): SessionKeys {
  /** Newest first. */
  const keys = new Map<string, string[]>()
  const expired = new Set<string>()
  const place = (name: string, appid: string) => `${appid}\n${name}`
  return {
    current(name, appid) {
      const at = place(name, appid)
      return expired.has(at) ? undefined : keys.get(at)?.[0]
    },
    rotate(name, appid) {
      const at = place(name, appid)
      const key = randomBytes(16).toString('base64')
      keys.set(at, [key, ...(keys.get(at) ?? [])].slice(0, MEMORY))
      expired.delete(at)
    },
    expire: (name, appid) => {
      expired.add(place(name, appid))
    },
    ago: (name, appid, ago) => keys.get(place(name, appid))?.[ago],
  }
}

/** The signature of a login state: the key is the base64 text of the session_key, not its bytes. */
export function signState(sessionKey: string, message: string): string {
  return createHmac('sha256', sessionKey).update(message).digest('hex')
}

/** The signature beside rawData: again the text of the key. */
export function signRawData(rawData: string, sessionKey: string): string {
  return createHash('sha1')
    .update(rawData + sessionKey)
    .digest('hex')
}

/** AES-128-CBC with PKCS#7: here the key is the 16 bytes. @returns base64 */
export function encrypt(plaintext: string, sessionKey: string, iv: Buffer): string {
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), iv)
  return Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]).toString('base64')
}
