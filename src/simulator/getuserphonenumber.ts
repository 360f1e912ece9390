import { type Answer, accept, refuse } from './answer'
import { parameter, type RecordedCall } from './call'
import { jsonObject, readJsonPost } from './json-post'
import { phoneFields } from './phone-fields'
import type { WeChat } from './wechat'

/**
 * `POST /wxa/business/getuserphonenumber`: a code of the phone button becomes a telephone number.
 * @see https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-info/phone-number/getPhoneNumber.html
 */
export function getUserPhoneNumber(call: RecordedCall, wechat: WeChat): Answer {
  const { accounts, accessTokens, phoneCodes, now } = wechat
  const body = readJsonPost(call)
  if ('refusal' in body) return body.refusal
  const holder = accessTokens.check(parameter(call, 'access_token'))
  if ('errcode' in holder) return refuse(call, holder.errcode)
  const { appid } = holder
  const { code, openid } = body.fields
  if (typeof code !== 'string' || code === '') return refuse(call, 40097)

  const granted = phoneCodes.exchange(
    code,
    appid,
    user => openid === undefined || accounts.user(user, appid).openid === openid,
  )
  if ('errcode' in granted) return refuse(call, granted.errcode)
  const number = granted.phoneNumber ?? accounts.user(granted.user, appid).phoneNumber
  return accept(call, {
    errcode: 0,
    errmsg: 'ok',
    phone_info: {
      ...phoneFields(number, granted.countryCode),
      watermark: { timestamp: Math.floor(now() / 1000), appid },
    },
  })
}

/** The code in the body, if the body has one. */
export function phoneCodeOf(call: RecordedCall): string {
  const code = jsonObject(call.body)?.code
  return typeof code === 'string' ? code : ''
}

/** Spends that code, if the access_token is good: without it WeChat doesn't come to the code. */
export function burnPhoneCode(call: RecordedCall, { accessTokens, phoneCodes }: WeChat): void {
  const holder = accessTokens.check(parameter(call, 'access_token'))
  if ('appid' in holder) phoneCodes.burn(phoneCodeOf(call), holder.appid)
}
