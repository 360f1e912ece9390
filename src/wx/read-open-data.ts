import { LoginError } from '../errors'
import { decrypt, type EncryptedData, readEncryptedData } from './encrypted-data'
import { type OpenedData, undecryptable } from './open-data-fields'
import { isSignedBy, readSignedData, type SignedData } from './signed-data'

/** What a mini program passes on from WeChat, in WeChat's own names; other fields are ignored. */
export type OpenDataFields = Readonly<
  Partial<Record<'encryptedData' | 'iv' | 'rawData' | 'signature', unknown>>
>

/** Well-formed open data. Which session_key it belongs to is not known yet. */
export interface OpenData {
  /**
   * Opens the data with the first session_key that fits, and checks for which app and user it is
   * meant.
   *
   * Every session_key is tried, also after one that fits. Wrong padding, text, JSON and owner lead
   * to one error by the same steps. So no answer tells how near a forged ciphertext came.
   *
   * @throws LoginError `session_key_stale` when none fits; `data_undecryptable` when one opens it
   *   and the watermark names another app or time, or the signature is not by that session_key
   */
  open(keys: OpenDataKeys): OpenedData
}

export interface OpenDataKeys {
  /** Whose data it must be. */
  readonly appid: string
  readonly openid: string
  /** The session_keys to try, the likeliest first, as WeChat gave them: base64 of 16 bytes. */
  readonly sessionKeys: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: number
}

/** How far a watermark's time may lie from ours, either way. */
const WATERMARK_TOLERANCE_MS = 600_000

/**
 * Checks all that can be checked without a session_key.
 *
 * @throws LoginError `invalid_request` when a field is missing or no text; `data_undecryptable` when
 *   no session_key could ever open or sign it
 */
export function readOpenData(fields: OpenDataFields): OpenData {
  const { encryptedData, iv, rawData, signature } = fields
  const isEncrypted = isGiven(encryptedData) || isGiven(iv)
  const isSigned = isGiven(rawData) || isGiven(signature)
  if (isSigned && !isEncrypted) {
    const signed = readSignedData(rawData, signature)
    return { open: keys => openSigned(signed, keys) }
  }
  const encrypted = readEncryptedData(encryptedData, iv)
  const signed = isSigned ? readSignedData(rawData, signature) : undefined
  return { open: keys => openEncrypted(encrypted, signed, keys) }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

function openSigned(signed: SignedData, { sessionKeys }: OpenDataKeys): OpenedData {
  const fitting = sessionKeys.filter(sessionKey => isSignedBy(sessionKey, signed))
  if (fitting.length === 0) throw new LoginError('session_key_stale')
  return signed.data
}

function openEncrypted(
  encrypted: EncryptedData,
  signed: SignedData | undefined,
  { appid, openid, sessionKeys, now }: OpenDataKeys,
): OpenedData {
  const attempts = sessionKeys.map(sessionKey => ({
    opened: decrypt(encrypted, sessionKey, openid),
    isSigned: signed === undefined || isSignedBy(sessionKey, signed),
  }))
  const fitting = attempts.find(({ opened }) => opened !== undefined)
  if (!fitting?.opened) throw new LoginError('session_key_stale')
  if (!fitting.isSigned) throw undecryptable('signature')
  const { watermark } = fitting.opened
  if (watermark.appid !== appid) throw undecryptable('watermark_appid')
  const ageMs = now - watermark.timestamp * 1000
  if (Math.abs(ageMs) > WATERMARK_TOLERANCE_MS) throw undecryptable('watermark_time')
  return fitting.opened
}
