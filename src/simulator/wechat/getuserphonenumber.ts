import type { Answer } from '../core/answer'
import { jsonBody, parameter, type RecordedCall } from '../core/call'
import type { Endpoint } from '../core/platform'
import { accept, refuse } from './answers'
import { readJsonPost } from './json-post'
import { phoneFields } from './phone-codes'
import type { WeChat } from './wechat'

/**
 * `POST /wxa/business/getuserphonenumber`: a code of the phone button becomes a telephone number.
 * @see https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-info/phone-number/getPhoneNumber.html
 */
export const getuserphonenumber = (wechat: WeChat): Endpoint => ({
  answer: call => exchange(call, wechat),
  codeOf: phoneCodeOf,
  // Without a good access_token WeChat does not come to the code.
  burn(call) {
    const holder = wechat.accessTokens.check(parameter(call, 'access_token'))
    if ('appid' in holder) wechat.phoneCodes.burn(phoneCodeOf(call), holder.appid)
  },
})

function exchange(call: RecordedCall, { users, accessTokens, phoneCodes, now }: WeChat): Answer {
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
    user => openid === undefined || users.seenBy(appid, user).openid === openid,
  )
  if ('errcode' in granted) return refuse(call, granted.errcode)
  const number = granted.phoneNumber ?? users.seenBy(appid, granted.user).phoneNumber
  return accept(call, {
    errcode: 0,
    errmsg: 'ok',
    phone_info: {
      ...phoneFields(number, granted.countryCode),
      watermark: { timestamp: Math.floor(now() / 1000), appid },
    },
  })
}

/** The code in the body; `''` if the body has none. */
function phoneCodeOf(call: RecordedCall): string {
  const code = jsonBody(call)?.code
  return typeof code === 'string' ? code : ''
}
