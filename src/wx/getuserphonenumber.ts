import { z } from 'zod'
import type { UpstreamClient } from '../upstream/client'
import type { AskingForUser } from './asking'
import type { AuthorizedCall } from './authorized-call'
import { WITH_PHONE_CODE } from './errcode'
import { readAnswer } from './read-answer'
import { unusable } from './wx-unreachable'

export interface WxPhoneNumber {
  /** As WeChat writes it: a foreign number begins with its country code. */
  readonly phoneNumber: string
  readonly purePhoneNumber: string
  readonly countryCode: string
}

export interface GetuserphonenumberOptions {
  client: Pick<UpstreamClient, 'post'>
  call: AuthorizedCall
  /** Milliseconds since 1970. */
  now: () => number
}

export type Getuserphonenumber = (phoneCode: string, user: AskingForUser) => Promise<WxPhoneNumber>

export const PHONE_API = '/wxa/business/getuserphonenumber'

const digits = z.string().regex(/^\+?\d[\d -]{0,30}$/)
const fields = z.object({
  phone_info: z.object({
    phoneNumber: digits,
    purePhoneNumber: digits,
    // WeChat's page says that it is a text. The sample on that page shows a number.
    countryCode: z.coerce.string().regex(/^\+?\d{1,6}$/),
    watermark: z.object({ appid: z.string(), timestamp: z.number() }),
  }),
})

/** The watermark says when the button was tapped: a code lives 5 minutes, clocks differ by 10. */
const OLDEST_MS = 900_000
const NEWEST_MS = 600_000

/**
 * Exchanges a phone code. Each one costs money and works once. WeChat checks that the phone code
 * belongs to the openid. A phone code that may have reached WeChat is not sent again, except after
 * WeChat refused the access_token: then it is not spent.
 *
 * Source: https://developers.weixin.qq.com/minigame/dev/api-backend/open-api/phonenumber/phonenumber.getPhoneNumber.html
 */
export function createGetuserphonenumber(options: GetuserphonenumberOptions): Getuserphonenumber {
  const { client, call, now } = options
  return (phoneCode, { appid, openid, origin }) =>
    call({ api: PHONE_API, appid, origin }, async (accessToken, deadline) => {
      const query = { access_token: accessToken }
      const json = { code: phoneCode, openid }
      const body = await client.post(PHONE_API, { query, json, deadline })
      const { phone_info } = readAnswer(body, fields, { now: now(), special: WITH_PHONE_CODE })
      const { watermark, ...number } = phone_info
      if (watermark.appid !== appid) throw unusable('watermark_appid')
      const ageMs = now() - watermark.timestamp * 1000
      if (ageMs > OLDEST_MS || ageMs < -NEWEST_MS) throw unusable('watermark_time')
      return number
    })
}
