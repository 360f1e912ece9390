import { z } from 'zod'
import { sendJson } from '../answer'
import { originOf } from '../context'
import type { Endpoint } from '../endpoint'
import { identityOf } from '../found-login'
import { bodyOf } from '../json-body'
import { told } from '../openapi/json-schema'
import { readFields } from '../read-request'
import { phoneFields } from '../request-fields'
import { WECHAT_ERRORS } from './wechat-errors'

const phoneAnswer = z.strictObject({
  phone_number: told(z.string().min(1), {
    zh: '微信的写法：外国号码以区号开头',
    en: 'As WeChat writes it: a foreign number begins with its country code.',
    example: '13800138000',
  }),
  pure_phone_number: told(z.string().min(1), {
    zh: '不含区号',
    en: 'Without the country code.',
    example: '13800138000',
  }),
  country_code: told(z.string(), { zh: '区号', en: 'The country code.', example: '86' }),
})

export const phoneEndpoint: Endpoint = {
  topic: 'wechat',
  sdk: 'await login.phone(e.detail)',
  words: {
    summary: {
      zh: '取得手机号，存到用户上',
      en: 'Gets the phone number and keeps it on the user.',
    },
    request: {
      zh: '`{code}`，手机号按钮的 `e.detail.code`',
      en: '`{code}`, the phone button’s `e.detail.code`',
    },
    answer: {
      zh: '`phone_number` 存到用户上（外国号码含区号）',
      en: '`phone_number` is kept on the user (a foreign one with its country code)',
    },
  },
  request: { body: phoneFields },
  answer: { status: 200, body: phoneAnswer },
  errors: [
    'invalid_request',
    'phone_code_missing',
    'phone_code_invalid',
    'phone_code_used',
    'user_blocked',
    'store_unavailable',
    ...WECHAT_ERRORS,
  ],
  async handle(req, res, { phone }) {
    const { code: phoneCode } = readFields(phoneFields, bodyOf(req))
    const number = await phone.ask(identityOf(req).session, phoneCode, originOf(req))
    const answer: z.output<typeof phoneAnswer> = {
      phone_number: number.phoneNumber,
      pure_phone_number: number.purePhoneNumber,
      country_code: number.countryCode,
    }
    sendJson(req, res, 200, answer)
  },
}
