import { createCipheriv, createDecipheriv } from 'node:crypto'
import { randomBytes } from './random'
import type { SigningKey, SigningKeys } from './signing-keys'

/** What a session keeps secret. It travels inside a token and rests in the store only sealed. */
export interface SessionSecrets {
  readonly openid: string
  /** WeChat's key of the login. Absent where the login brought none. */
  readonly sessionKey?: string
  /** Absent means unknown, not none. */
  readonly unionid?: string
}

/** What sealed secrets belong to. They do not open under another session, user or app. */
export interface SealContext {
  readonly sessionId: string
  readonly userId: string
  readonly appid: string
}

/** Secrets that opened, and how tightly they were bound. */
export interface OpenedSecrets {
  readonly secrets: SessionSecrets
  /**
   * Whether the seal names the user. One of version 0.1 does not: it counts only beside a token,
   * whose signature names the user.
   */
  readonly isBoundToUser: boolean
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Seals the secrets of a session, bound to its id, user and app.
 *
 * @param forOldProcesses while processes of version 0.1 may run: bound to session and app in the
 *   form that those processes open, with the user inside
 */
export function sealSecrets(
  key: SigningKey,
  secrets: SessionSecrets,
  context: SealContext,
  { forOldProcesses = false } = {},
): string {
  const { openid, sessionKey = '', unionid = '' } = secrets
  const texts = [openid, sessionKey, unionid]
  if (!forOldProcesses) return sealText(key, JSON.stringify(texts), nameOf(context))
  return sealText(key, JSON.stringify([...texts, context.userId]), firstNameOf(context))
}

/** The secrets; undefined when their key is gone, or when they were altered or belong elsewhere. */
export function openSecrets(
  signingKeys: SigningKeys,
  sealed: string,
  context: SealContext,
): OpenedSecrets | undefined {
  const bound = openText(signingKeys, sealed, nameOf(context))
  if (bound !== undefined) return { secrets: secretsOf(bound), isBoundToUser: true }
  // A name with a line break could be read as another one.
  if (/\n/.test(context.sessionId + context.appid)) return undefined
  const text = openText(signingKeys, sealed, firstNameOf(context))
  if (text === undefined) return undefined
  const userId = (JSON.parse(text) as (string | undefined)[])[3]
  if (userId !== undefined && userId !== context.userId) return undefined
  return { secrets: secretsOf(text), isBoundToUser: userId !== undefined }
}

function secretsOf(text: string): SessionSecrets {
  const [openid, sessionKey, unionid] = JSON.parse(text) as [string, string, string]
  return { openid, ...(sessionKey !== '' && { sessionKey }), ...(unionid !== '' && { unionid }) }
}

/**
 * Seals any text by AES-256-GCM (NIST SP 800-38D) with a random nonce. The result is `kid.` and
 * then the base64url of nonce, ciphertext and tag.
 *
 * @param belongsTo names what the text belongs to, as additional authenticated data
 */
export function sealText(key: SigningKey, text: string, belongsTo: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key.sealing, nonce)
  cipher.setAAD(Buffer.from(belongsTo))
  const body = cipher.update(text, 'utf8')
  const end = cipher.final()
  const bytes = Buffer.concat([nonce, body, end, cipher.getAuthTag()])
  return `${key.kid}.${bytes.toString('base64url')}`
}

/** The text; undefined when it does not open. */
export function openText(
  signingKeys: SigningKeys,
  sealed: string,
  belongsTo: string,
): string | undefined {
  // SQLite keeps any bytes in a column of text.
  if (typeof sealed !== 'string') return undefined
  const dot = sealed.indexOf('.')
  const key = signingKeys.byKid.get(sealed.slice(0, dot))
  const bytes = Buffer.from(sealed.slice(dot + 1), 'base64url')
  if (!key || bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined
  try {
    const nonce = bytes.subarray(0, NONCE_BYTES)
    // Stated, so that a change of the slices below can never let a shorter tag pass.
    const options = { authTagLength: TAG_BYTES }
    const decipher = createDecipheriv('aes-256-gcm', key.sealing, nonce, options)
    decipher.setAAD(Buffer.from(belongsTo))
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    const body = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
    return Buffer.concat([body, decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

/** Whether this key sealed the text. After a rotation, text of the older key is sealed anew. */
export function isSealedBy(key: SigningKey, sealed: string): boolean {
  return typeof sealed === 'string' && sealed.startsWith(`${key.kid}.`)
}

function nameOf({ sessionId, userId, appid }: SealContext): string {
  return `session\n${sessionId}\n${userId}\n${appid}`
}

/** As version 0.1 named it. */
function firstNameOf({ sessionId, appid }: SealContext): string {
  return `${sessionId}\n${appid}`
}
