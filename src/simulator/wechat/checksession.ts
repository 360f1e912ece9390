import type { Endpoint } from '../core/platform'
import { accept, refuse } from './answers'
import { readSessionKeyClaim } from './session-key-claim'
import type { WeChat } from './wechat'

/**
 * `GET /wxa/checksession`: is this still the user's session_key? WeChat answers 87009 to an
 * expired, a replaced and a wrong key alike.
 * @see https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_checksessionkey.html
 */
export const checksession = (wechat: WeChat): Endpoint => ({
  answer(call) {
    const claim = readSessionKeyClaim(call, wechat)
    if ('refusal' in claim) return claim.refusal
    return claim.isSigned ? accept(call, { errcode: 0, errmsg: 'ok' }) : refuse(call, 87009)
  },
})
