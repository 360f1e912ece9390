import { randomBytes } from 'node:crypto'

import { type Accounts, DEFAULT_USER } from './accounts'
import type { PhoneGrant } from './phone-codes'
import { phoneFields } from './phone-fields'
import { encrypt, signRawData } from './session-keys'

/** Whose phone encrypts, and how it differs from an honest one. */
export interface OpenDataOptions {
  /** Default: the first app. */
  appid?: string
  /** Default: `alice`. The user must have logged in: there is no session_key before. */
  user?: string
  /** 0 (default): the user's newest session_key. 1: the one before it, and so on to 9. */
  keysAgo?: number
  /** What the watermark says. Default: the app, and the simulator's clock in seconds. */
  watermark?: { appid?: string; timestamp?: number }
}

export interface UserInfoOptions extends OpenDataOptions {
  /** As wx.getUserProfile gives it: without openId and unionId. Default false: wx.getUserInfo. */
  profile?: boolean
  /** Fields to add or to change, e.g. `{ nickName: 'Band' }`. */
  fields?: Readonly<Record<string, unknown>>
}

export type PhoneNumberOptions = OpenDataOptions & Partial<Omit<PhoneGrant, 'user'>>

/** What a phone sends to its server, named as WeChat names it. */
export interface EncryptedData {
  /** base64. */
  readonly encryptedData: string
  /** base64 of 16 bytes. */
  readonly iv: string
}

export interface SignedUserInfo extends EncryptedData {
  readonly rawData: string
  /** 40 hex digits. */
  readonly signature: string
}

/** What everybody looks like since 2022, when WeChat stopped telling who a user is. */
const ANONYMOUS = {
  nickName: '微信用户',
  gender: 0,
  language: 'zh_CN',
  city: '',
  province: '',
  country: '',
  avatarUrl: 'https://avatar.example/grey.png',
} as const

interface Phone {
  readonly accounts: Accounts
  readonly now: () => number
}

/** wx.getUserInfo or wx.getUserProfile on the user's phone. @throws Error without a session_key */
export function userInfo(
  phone: Phone,
  appid: string,
  { profile = false, fields = {}, ...options }: UserInfoOptions,
): SignedUserInfo {
  const { accounts } = phone
  const { openid, unionid } = accounts.user(options.user ?? DEFAULT_USER, appid)
  const isBound = accounts.isUnionidBound(appid)
  const shown = { ...ANONYMOUS, ...fields }
  const { key, ...sealed } = seal(phone, appid, options, {
    ...(!profile && { openId: openid }),
    ...shown,
    ...(!profile && isBound && { unionId: unionid }),
  })
  const rawData = JSON.stringify(shown)
  return { rawData, signature: signRawData(rawData, key), ...sealed }
}

/** The old answer of the phone button. @throws Error without a session_key */
export function phoneNumber(
  phone: Phone,
  appid: string,
  { phoneNumber: number, countryCode = '86', ...options }: PhoneNumberOptions,
): EncryptedData {
  const user = phone.accounts.user(options.user ?? DEFAULT_USER, appid)
  const fields = phoneFields(number ?? user.phoneNumber, countryCode)
  const { encryptedData, iv } = seal(phone, appid, options, fields)
  return { encryptedData, iv }
}

function seal(
  { accounts, now }: Phone,
  appid: string,
  { user = DEFAULT_USER, keysAgo = 0, watermark = {} }: OpenDataOptions,
  fields: Readonly<Record<string, unknown>>,
): EncryptedData & { key: string } {
  const key = accounts.sessionKeyAgo(user, appid, keysAgo)
  if (key === undefined) {
    throw new Error(`"${user}" has no session_key of that age in ${appid}: log in first`)
  }
  const iv = randomBytes(16)
  const plaintext = JSON.stringify({
    ...fields,
    watermark: { timestamp: Math.floor(now() / 1000), appid, ...watermark },
  })
  return { encryptedData: encrypt(plaintext, key, iv), iv: iv.toString('base64'), key }
}
