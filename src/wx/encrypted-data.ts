import { isUtf8 } from 'node:buffer'
import { createDecipheriv } from 'node:crypto'
import { type OpenedData, parseObject, readText, undecryptable } from './open-data-fields'

/** `encryptedData` and its `iv`, as bytes. */
export interface EncryptedData {
  readonly ciphertext: Buffer
  readonly iv: Buffer
}

export interface WatermarkedData extends OpenedData {
  readonly watermark: { readonly appid: string; readonly timestamp: number }
}

const BLOCK_BYTES = 16

/**
 * Reads the fields `encryptedData` and `iv`.
 *
 * @throws LoginError `invalid_request`, or `data_undecryptable` when no session_key could fit
 */
export function readEncryptedData(encryptedData: unknown, iv: unknown): EncryptedData {
  const ciphertext = readBlocks(readText(encryptedData, 'encryptedData'), 'encryptedData')
  const vector = readBlocks(readText(iv, 'iv'), 'iv')
  if (vector.length !== BLOCK_BYTES) throw undecryptable('wrong_length', 'iv')
  return { ciphertext, iv: vector }
}

/**
 * Opens data of a user with a session_key: AES-128-CBC with PKCS#7 padding. Undefined when the
 * session_key does not fit or the data is not the user's. The padding is checked here because
 * OpenSSL's own check would end early, which an attacker can measure.
 *
 * CBC has no MAC: whoever knows the text of a block can make a text of their own that begins there,
 * with 16 bytes of their choice. `isOf` and `isWhole` refuse the texts that an attacker could use.
 *
 * Source: https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/signature.html
 */
export function decrypt(
  { ciphertext, iv }: EncryptedData,
  sessionKey: string,
  openid: string,
): WatermarkedData | undefined {
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

/**
 * Whole blocks of base64, at least one. Buffer.from would pass over spaces, and a form's decoder
 * makes spaces of `+`: so the text must be what the bytes are encoded to.
 */
function readBlocks(text: string, field: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw undecryptable('not_base64', field)
  if (bytes.length === 0 || bytes.length % BLOCK_BYTES !== 0) {
    throw undecryptable('wrong_length', field)
  }
  return bytes
}

/** Bytes of PKCS#7 padding, 0 when it is wrong. It looks at 16 bytes in both cases. */
function paddingOf(bytes: Buffer): number {
  const length = bytes.at(-1) ?? 0
  let wrong = length >= 1 && length <= BLOCK_BYTES ? 0 : 1
  for (let i = 1; i <= BLOCK_BYTES; i++) {
    wrong |= i <= length ? (bytes.at(-i) ?? 0) ^ length : 0
  }
  return wrong === 0 ? length : 0
}

function isWatermarked(data: OpenedData | undefined): data is WatermarkedData {
  const { appid, timestamp } = (data?.watermark ?? {}) as Record<string, unknown>
  return typeof appid === 'string' && typeof timestamp === 'number'
}

/** Whether the user's openid stands under `openId` and nowhere else, and no other one stands there. */
function isOf(openid: string, data: OpenedData): boolean {
  return Object.entries(data).every(([name, value]) => (name === 'openId') === (value === openid))
}

/** Whether a phone number has all its fields. One that was made of a nickname has only the first. */
function isWhole(data: OpenedData): boolean {
  const names = ['phoneNumber', 'purePhoneNumber', 'countryCode']
  const given = names.filter(name => Object.hasOwn(data, name)).length
  return given === 0 || given === names.length
}
