import { createHash, timingSafeEqual } from 'node:crypto'
import { type OpenedData, parseObject, readText, undecryptable } from './open-data-fields'

/** `rawData` beside the `signature` that WeChat made of it. */
export interface SignedData {
  /** `rawData` to the letter: a text that was parsed and written again has another signature. */
  readonly text: string
  readonly data: OpenedData
  readonly signature: Buffer
}

/**
 * Reads the fields `rawData` and `signature`.
 *
 * @throws LoginError `invalid_request`, or `data_undecryptable` when no session_key could fit
 */
export function readSignedData(rawData: unknown, signature: unknown): SignedData {
  const text = readText(rawData, 'rawData')
  const data = parseObject(text)
  if (!data) throw undecryptable('not_json', 'rawData')
  const hex = readText(signature, 'signature')
  if (!/^[0-9a-f]{40}$/.test(hex)) throw undecryptable('not_sha1', 'signature')
  return { text, data, signature: Buffer.from(hex, 'hex') }
}

/**
 * Whether the signature is SHA-1 of `rawData` and the session_key, the latter as base64 text.
 *
 * Source: https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/signature.html
 */
export function isSignedBy(sessionKey: string, { text, signature }: SignedData): boolean {
  const expected = createHash('sha1').update(text).update(sessionKey).digest()
  return timingSafeEqual(expected, signature)
}
