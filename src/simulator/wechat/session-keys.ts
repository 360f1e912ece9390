import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto'

/** How many keys of a user are remembered, so that a phone can still encrypt with an old one. */
const MEMORY = 10

/** The session_keys of every user in every app: one of them is valid, or none. */
export class SessionKeys {
  /** Newest first. */
  readonly #keys = new Map<string, readonly string[]>()
  readonly #expired = new Set<string>()

  current(appid: string, name: string): string | undefined {
    return this.#expired.has(place(appid, name)) ? undefined : this.ago(appid, name, 0)
  }

  rotate(appid: string, name: string): void {
    const at = place(appid, name)
    const key = randomBytes(16).toString('base64')
    this.#keys.set(at, [key, ...(this.#keys.get(at) ?? [])].slice(0, MEMORY))
    this.#expired.delete(at)
  }

  /** The key is dead and has no successor. The phone still has it. */
  expire(appid: string, name: string): void {
    this.#expired.add(place(appid, name))
  }

  /** The newest key that there ever was (0), the one before it (1) … up to 9. */
  ago(appid: string, name: string, ago: number): string | undefined {
    return this.#keys.get(place(appid, name))?.[ago]
  }
}

function place(appid: string, name: string): string {
  return `${appid}\n${name}`
}

/** The signature of a login state: the key is the base64 text of the session_key, not its bytes. */
export function signState(sessionKey: string, message: string): string {
  return createHmac('sha256', sessionKey).update(message).digest('hex')
}

/** The signature beside rawData: the key is again the text of the session_key. */
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
