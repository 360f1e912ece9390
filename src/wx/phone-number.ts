import { z } from 'zod'
import { accepted, fieldsOf, unusable } from './answer'
import type { AuthorizedCall } from './authorized-call'
import type { WxClient } from './client'
import { type Meaning, WITH_ACCESS_TOKEN } from './errcode'

export interface PhoneNumber {
  /** As WeChat writes it: a foreign number begins with its country code. This one is stored. */
  readonly phoneNumber: string
  readonly purePhoneNumber: string
  readonly countryCode: string
}

export interface AskPhoneNumberOptions {
  client: Pick<WxClient, 'post'>
  call: AuthorizedCall
  /** Milliseconds since 1970. */
  now: () => number
}

export type AskPhoneNumber = (
  user: { appid: string; openid: string },
  code: string,
) => Promise<PhoneNumber>

const API = '/wxa/business/getuserphonenumber'

const digits = z.string().regex(/^\+?\d[\d -]{0,30}$/)
const answer = z.object({
  phone_info: z.object({
    phoneNumber: digits,
    purePhoneNumber: digits,
    // A text, says the page; its sample shows a number.
    countryCode: z.coerce.string().regex(/^\+?\d{1,6}$/),
    watermark: z.object({ appid: z.string(), timestamp: z.number() }),
  }),
})

/**
 * The token was good and the code is not: another mini program's or another user's, whose openid
 * differs from the one that goes along.
 */
const SPECIAL: Readonly<Record<number, Meaning>> = {
  ...WITH_ACCESS_TOKEN,
  40003: { code: 'code_invalid' },
  40013: { code: 'code_invalid' },
}

/** The watermark says when the button was tapped. A code lives five minutes, clocks differ by ten. */
const OLDEST_MS = 900_000
const NEWEST_MS = 600_000

/**
 * Exchanges a code of the phone button, which each cost money. WeChat checks that code and openid
 * belong together. What was sent is never sent again.
 *
 * Source: https://developers.weixin.qq.com/minigame/dev/api-backend/open-api/phonenumber/phonenumber.getPhoneNumber.html
 */
export function createAskPhoneNumber({ client, call, now }: AskPhoneNumberOptions): AskPhoneNumber {
  return ({ appid, openid }, code) =>
    call(API, appid, async (accessToken, withinMs) => {
      const params = { access_token: accessToken }
      const body = await client.post(API, params, { code, openid }, withinMs)
      const { phone_info } = fieldsOf(accepted(body, now(), SPECIAL), answer)
      const { watermark, ...number } = phone_info
      if (watermark.appid !== appid) throw unusable('watermark_appid')
      const ageMs = now() - watermark.timestamp * 1000
      if (ageMs > OLDEST_MS || ageMs < -NEWEST_MS) throw unusable('watermark_time')
      return number
    })
}
