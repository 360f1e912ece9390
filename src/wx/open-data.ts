import { isUtf8 } from 'node:buffer'
import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto'
import { LoginError } from '../errors'

/** What a mini program passes on from WeChat, in WeChat's own names; other fields are ignored. */
export type OpenDataFields = Readonly<
  Partial<Record<'encryptedData' | 'iv' | 'rawData' | 'signature', unknown>>
>

/** WeChat's JSON object, as it comes. */
export type OpenedData = Readonly<Record<string, unknown>>

/** Well-formed open data; which key it belongs to is still to be found out. */
export interface OpenData {
  readonly encrypted?: { readonly ciphertext: Buffer; readonly iv: Buffer }
  readonly signed?: { readonly text: string; readonly data: OpenedData; readonly signature: Buffer }
}

export interface OpenOptions {
  /** Whose data it must be. */
  readonly appid: string
  readonly openid: string
  /** The keys to try, the likeliest first, as WeChat gave them: base64 of 16 bytes. */
  readonly sessionKeys: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Far more than WeChat was seen to send; a host app's own body limit may be wider than ours. */
const MAX_CHARACTERS = 16 * 1024
const BLOCK_BYTES = 16
/** How far a watermark's time may lie from ours, either way. */
const WATERMARK_TOLERANCE_MS = 600_000

/**
 * Checks all that can be checked without a key.
 *
 * @throws LoginError `invalid_request` when a field is missing or no text; `data_undecryptable` when
 *   no key could ever open or sign it
 */
export function readOpenData(fields: OpenDataFields): OpenData {
  const { encryptedData, iv, rawData, signature } = fields
  const isEncrypted = isGiven(encryptedData) || isGiven(iv)
  const isSigned = isGiven(rawData) || isGiven(signature)
  return {
    ...((isEncrypted || !isSigned) && {
      encrypted: {
        ciphertext: readBase64(readText(encryptedData, 'encryptedData'), 'encryptedData'),
        iv: readBase64(readText(iv, 'iv'), 'iv', BLOCK_BYTES),
      },
    }),
    ...(isSigned && {
      signed: {
        ...readRawData(readText(rawData, 'rawData')),
        signature: readSignature(readText(signature, 'signature')),
      },
    }),
  }
}

/**
 * Opens data with the first key that fits, and checks that it is meant for this app and user.
 *
 * Every key is tried, whatever the ones before it gave, and wrong padding, text, JSON or owner come
 * to the same end by the same steps: no answer tells how near a forged ciphertext came.
 *
 * @throws LoginError `session_key_stale` when no key fits; `data_undecryptable` when one opens it
 *   and the watermark names another app or time, or the signature is not by that key
 */
export function openData({ encrypted, signed }: OpenData, options: OpenOptions): OpenedData {
  const attempts = options.sessionKeys.map(sessionKey => ({
    opened: encrypted && decrypt(encrypted, sessionKey, options.openid),
    isSigned: signed !== undefined && isSignedBy(sessionKey, signed),
  }))
  const fitting = attempts.find(({ opened, isSigned }) => (encrypted ? opened : isSigned))
  if (!fitting) throw new LoginError('session_key_stale')
  if (signed && !fitting.isSigned) throw undecryptable('signature')
  const { opened } = fitting
  if (!opened) return (signed as NonNullable<OpenData['signed']>).data
  const { appid, timestamp } = opened.watermark
  if (appid !== options.appid) throw undecryptable('watermark_appid')
  if (Math.abs(timestamp * 1000 - options.now) > WATERMARK_TOLERANCE_MS) {
    throw undecryptable('watermark_time')
  }
  return opened
}

interface Watermarked extends OpenedData {
  readonly watermark: { readonly appid: string; readonly timestamp: number }
}

/**
 * AES-128-CBC with PKCS#7 padding, which is checked here: OpenSSL's own check would end early.
 *
 * Source: https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/signature.html
 */
function decrypt(
  { ciphertext, iv }: NonNullable<OpenData['encrypted']>,
  sessionKey: string,
  openid: string,
): Watermarked | undefined {
  const key = Buffer.from(sessionKey, 'base64')
  if (key.length !== BLOCK_BYTES) return undefined
  const decipher = createDecipheriv('aes-128-cbc', key, iv).setAutoPadding(false)
  const padded = Buffer.concat([decipher.update(ciphertext), decipher.final()])
  const padding = paddingOf(padded)
  const bytes = padded.subarray(0, padded.length - padding)
  const data = parseObject(bytes.toString('utf8'))
  const isSound = padding > 0 && isUtf8(bytes)
  return isSound && isWatermarked(data) && isOf(openid, data) && isWhole(data) ? data : undefined
}

/** Bytes of PKCS#7 padding, 0 when it is wrong; looks at as many bytes either way. */
function paddingOf(bytes: Buffer): number {
  const length = bytes.at(-1) ?? 0
  let wrong = length >= 1 && length <= BLOCK_BYTES ? 0 : 1
  for (let i = 1; i <= BLOCK_BYTES; i++) {
    wrong |= i <= length ? (bytes.at(-i) ?? 0) ^ length : 0
  }
  return wrong === 0 ? length : 0
}

function isWatermarked(data: OpenedData | undefined): data is Watermarked {
  const { appid, timestamp } = (data?.watermark ?? {}) as Record<string, unknown>
  return typeof appid === 'string' && typeof timestamp === 'number'
}

/*
 * CBC without a MAC: who knows the text of any block may begin a text there with 16 bytes of their
 * own choice. The two checks below refuse what that could turn to use.
 */

/** Whether the data is this user's, if it names anybody, and under no other name than `openId`. */
function isOf(openid: string, data: OpenedData): boolean {
  return Object.entries(data).every(([name, value]) => (name === 'openId') === (value === openid))
}

/** Whether a phone number has all its fields: one that was made of a nickname has but the first. */
function isWhole(data: OpenedData): boolean {
  const names = ['phoneNumber', 'purePhoneNumber', 'countryCode']
  const given = names.filter(name => Object.hasOwn(data, name)).length
  return given === 0 || given === names.length
}

/** sha1(rawData + session_key), the key as text. */
function isSignedBy(
  sessionKey: string,
  { text, signature }: NonNullable<OpenData['signed']>,
): boolean {
  const expected = createHash('sha1').update(text).update(sessionKey).digest()
  return timingSafeEqual(expected, signature)
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

function readText(value: unknown, field: string): string {
  if (typeof value !== 'string') throw new LoginError('invalid_request', { field })
  if (value.length > MAX_CHARACTERS) throw undecryptable('too_long', field)
  return value
}

/** Whole blocks in strict base64: Buffer.from would pass over spaces, which `+` becomes in a form. */
function readBase64(text: string, field: string, length?: number): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw undecryptable('not_base64', field)
  const isWhole = bytes.length > 0 && bytes.length % BLOCK_BYTES === 0
  if (!isWhole || bytes.length !== (length ?? bytes.length)) {
    throw undecryptable('wrong_length', field)
  }
  return bytes
}

function readRawData(text: string): { text: string; data: OpenedData } {
  const data = parseObject(text)
  if (!data) throw undecryptable('not_json', 'rawData')
  return { text, data }
}

function readSignature(text: string): Buffer {
  if (!/^[0-9a-f]{40}$/.test(text)) throw undecryptable('not_sha1', 'signature')
  return Buffer.from(text, 'hex')
}

function parseObject(text: string): OpenedData | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as OpenedData) : undefined
  } catch {
    return undefined
  }
}

function undecryptable(reason: string, field?: string): LoginError {
  return new LoginError('data_undecryptable', { reason, ...(field !== undefined && { field }) })
}
