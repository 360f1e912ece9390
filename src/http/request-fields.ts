import { z } from 'zod'
import type { ErrorCode } from '../errors'
import { told } from './openapi/json-schema'

/** The message of a zod issue: `readFields` makes the error of it. */
const says = (code: ErrorCode) => code

/** Visible ASCII, 1 to 512 characters. */
const visibleText = z.string().regex(/^[\x21-\x7e]{1,512}$/)

/**
 * A code that WeChat gave the mini program. Absent, null and empty mean that none was sent, and so
 * do the texts that JavaScript makes of a missing value.
 */
const codeOr = (missing: ErrorCode) =>
  z
    .string({
      error: ({ input }) => (input === undefined || input === null ? says(missing) : undefined),
    })
    .refine(text => !NO_VALUES.includes(text), says(missing))
    .regex(/^[\x21-\x7e]{1,512}$/)

const NO_VALUES: readonly string[] = ['', 'undefined', 'null']

const appid = told(z.string().optional(), {
  zh: '哪一个小程序；默认是配置的第一个',
  en: 'Which mini program; by default the first one that is configured.',
})

export const loginFields = z.object({
  code: told(codeOr('code_missing'), {
    zh: 'wx.login 给的 code：5 分钟内有效，只能用一次',
    en: 'The code of wx.login. It works once, within 5 minutes.',
    example: 'sim-alice-1',
    inMiniProgram: '(await wx.login()).code',
  }),
  appid,
})

/** The phone button's code. */
export const phoneFields = z.object({
  code: told(codeOr('phone_code_missing'), {
    zh: '手机号按钮回调中的 e.detail.code，不是 wx.login 的 code',
    en: 'The phone button’s e.detail.code, which is no code of wx.login.',
    example: 'simphone-alice-1',
    inMiniProgram: 'e.detail.code',
  }),
})

export const loginHeaders = z.object({
  'idempotency-key': told(visibleText.optional(), {
    zh: '自己选的随机文字：60 秒内带着它重复同一个 code，会再次得到第一次的结果',
    en: 'A random text of your own: the same code with the same key gets the first answer again within 60 seconds.',
  }),
})

/** A login code on a guarded request. Two of them come from Node as one text with a space. */
export const codeHeaders = z.object({
  'x-wx-code': told(visibleText, {
    zh: '没有令牌时：wx.login 的 code。先登录再应答，令牌在应答的 X-Login-Token 里',
    en: 'Without a token: a code of wx.login. The request logs in first, and the answer carries the token in X-Login-Token.',
  }),
})

/** Any value but a text counts as none, because routes that read it always answer. */
export const tokenFields = z.object({
  token: told(z.string().optional().catch(undefined), {
    zh: '登录得到的令牌',
    en: 'The token that a login gave.',
    example: 'eyJ…',
    inMiniProgram: "wx.getStorageSync('token')",
  }),
})

export const logoutFields = z.object({
  all: told(z.boolean().optional(), {
    zh: 'true：退出该用户的全部会话',
    en: 'true ends all sessions of the user.',
  }),
})

/** 1 to 64 characters, none of them a control character or a half of a surrogate pair. */
const nickname = z.string().regex(/^[^\p{Cc}\p{Cs}]{1,64}$/u)

const avatarUrl = z
  .string()
  .max(1024)
  .regex(/^https:\/\/[\x21-\x7e]+$/)
  .refine(text => URL.canParse(text))

/** null clears a field; an absent one stays as it is. */
export const profileFields = z.object({
  nickname: told(nickname.nullish(), {
    zh: '1 到 64 个字符；null 清除，不写则不变',
    en: '1 to 64 characters. null clears it; without it nothing changes.',
    example: '小明',
  }),
  avatar_url: told(avatarUrl.nullish(), {
    zh: '上传之后的 https 地址，不能是手机上的临时路径；null 清除，不写则不变',
    en: 'The https address of an uploaded picture, not a temporary path on the phone. null clears it; without it nothing changes.',
  }),
})

const openDataText = z.string().nullish()

/**
 * In WeChat's names: `encryptedData` and `iv`, or `rawData` and `signature`, or all four.
 *
 * For documents only. The use case reads these fields itself, because what is wrong with them is a
 * matter of WeChat's formats. test/http/request-fields.test.ts holds that both refuse the same.
 */
export const openDataFields = z
  .object({
    encryptedData: told(openDataText, {
      zh: '密文；与 iv 同来',
      en: 'Ciphertext; comes with iv.',
      example: '…',
      inMiniProgram: 'e.detail.encryptedData',
    }),
    iv: told(openDataText, {
      zh: '密文的初始向量',
      en: 'The initial vector of the ciphertext.',
      example: '…',
      inMiniProgram: 'e.detail.iv',
    }),
    rawData: told(openDataText, {
      zh: '签名的原文；与 signature 同来',
      en: 'Signed text; comes with signature.',
    }),
    signature: told(openDataText, { zh: '原文的签名', en: 'The signature of the text.' }),
  })
  .refine(({ encryptedData, iv, rawData, signature }) => {
    const isPair = (one: unknown, other: unknown) => isGiven(one) === isGiven(other)
    const isAny = isGiven(encryptedData) || isGiven(rawData)
    return isAny && isPair(encryptedData, iv) && isPair(rawData, signature)
  })

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** `token_type_hint` is for servers with several kinds of tokens: RFC 7662 lets us ignore it. */
export const introspectFields = z.object({
  token: z.string().min(1),
  token_type_hint: z.unknown().optional(),
})

/** Why the operator disables a user: kept on the user, and shown to nobody else. */
export const disableFields = z.object({
  reason: told(
    z
      .string()
      .regex(/^[^\p{Cc}\p{Cs}]{1,200}$/u)
      .optional(),
    { zh: '原因，给运维看，至多 200 个字符', en: 'Why, for the operator: 200 characters at most.' },
  ),
})

/** One of the four; `appid` belongs to `openid`. */
export const userQuery = z.object({
  id: told(z.string().optional(), { zh: '我们的用户 id', en: 'Our user id.' }),
  openid: told(z.string().optional(), {
    zh: '微信的 openid，须带 `appid`',
    en: 'WeChat’s openid, with `appid`.',
  }),
  appid: told(z.string().optional(), { zh: 'openid 属于哪个小程序', en: 'Whose openid it is.' }),
  unionid: told(z.string().optional(), { zh: '微信的 unionid', en: 'WeChat’s unionid.' }),
  phone: told(z.string().optional(), {
    zh: '手机号，写法同微信的 `phoneNumber`',
    en: 'A phone number as WeChat’s `phoneNumber` writes it.',
    example: '13800000000',
  }),
})

export const accessTokenQuery = z.object({
  appid: told(z.string().optional(), {
    zh: '哪一个小程序；只配置了一个时可以不写',
    en: 'Which mini program. It may be left out where only one is configured.',
    example: 'wx0000000000000000',
  }),
})

/** The access_token that WeChat refused, from a service that asks for another one. */
export const accessTokenHeaders = z.object({
  'x-refused-access-token': told(
    z
      .string()
      .regex(/^[\x21-\x7e]{1,2048}$/)
      .optional(),
    {
      zh: '微信刚刚拒绝的 access_token（40001、40014、42001），以换取另一个',
      en: 'The access_token that WeChat has just refused (40001, 40014, 42001), to be given another one.',
    },
  ),
})
