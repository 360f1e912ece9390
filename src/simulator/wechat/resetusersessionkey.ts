import type { Endpoint } from '../core/platform'
import { accept, refuse } from './answers'
import { readSessionKeyClaim } from './session-key-claim'
import type { WeChat } from './wechat'

/**
 * `GET /wxa/resetusersessionkey`: a new session_key for a caller who proves to have the current one.
 * @see https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_resetusersessionkey.html
 */
export const resetusersessionkey = (wechat: WeChat): Endpoint => ({
  answer(call) {
    const claim = readSessionKeyClaim(call, wechat)
    if ('refusal' in claim) return claim.refusal
    if (!wechat.quotas.sessionKeyResetMinute.take(claim.appid)) return refuse(call, 45011)
    if (claim.sessionKey === undefined) return refuse(call, 87007)
    if (!claim.isSigned) return refuse(call, 87009)
    const { openid, sessionKey } = wechat.users.rotateSessionKey(claim.appid, claim.name)
    return accept(call, { errcode: 0, errmsg: 'ok', openid, session_key: sessionKey })
  },
})
