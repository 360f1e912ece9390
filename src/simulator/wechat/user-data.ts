import { randomBytes } from 'node:crypto'
import { type PhoneGrant, phoneFields } from './phone-codes'
import { encrypt, signRawData } from './session-keys'
import { DEFAULT_USER } from './users'
import type { WeChat } from './wechat'

/** Whose phone encrypts, and how the phone differs from an honest one. */
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

/** What every user looks like since 2022, when WeChat stopped to tell who a user is. */
const ANONYMOUS = {
  nickName: '微信用户',
  gender: 0,
  language: 'zh_CN',
  city: '',
  province: '',
  country: '',
  avatarUrl: 'https://avatar.example/grey.png',
} as const

/** wx.getUserInfo or wx.getUserProfile on the user's phone. @throws Error without a session_key */
export function userInfo(
  wechat: WeChat,
  appid: string,
  { profile = false, fields = {}, ...options }: UserInfoOptions,
): SignedUserInfo {
  const { openid, unionid } = wechat.users.seenBy(appid, options.user ?? DEFAULT_USER)
  const shown = { ...ANONYMOUS, ...fields }
  const { sessionKey, ...encrypted } = encryptFields(wechat, appid, options, {
    ...(!profile && { openId: openid }),
    ...shown,
    ...(!profile && wechat.apps.isBound(appid) && { unionId: unionid }),
  })
  const rawData = JSON.stringify(shown)
  return { rawData, signature: signRawData(rawData, sessionKey), ...encrypted }
}

/** The old answer of the phone button. @throws Error without a session_key */
export function phoneNumber(
  wechat: WeChat,
  appid: string,
  { phoneNumber: number, countryCode = '86', ...options }: PhoneNumberOptions,
): EncryptedData {
  const user = wechat.users.seenBy(appid, options.user ?? DEFAULT_USER)
  const fields = phoneFields(number ?? user.phoneNumber, countryCode)
  const { encryptedData, iv } = encryptFields(wechat, appid, options, fields)
  return { encryptedData, iv }
}

function encryptFields(
  { users, now }: WeChat,
  appid: string,
  { user = DEFAULT_USER, keysAgo = 0, watermark = {} }: OpenDataOptions,
  fields: Readonly<Record<string, unknown>>,
): EncryptedData & { sessionKey: string } {
  const sessionKey = users.sessionKeyAgo(appid, user, keysAgo)
  if (sessionKey === undefined) {
    throw new Error(`"${user}" has no session_key of that age in ${appid}: log in first`)
  }
  const iv = randomBytes(16)
  const plaintext = JSON.stringify({
    ...fields,
    watermark: { timestamp: Math.floor(now() / 1000), appid, ...watermark },
  })
  return {
    encryptedData: encrypt(plaintext, sessionKey, iv),
    iv: iv.toString('base64'),
    sessionKey,
  }
}
