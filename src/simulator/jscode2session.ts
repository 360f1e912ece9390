import { type Answer, accept, refuse } from './answer'
import { parameter, type RecordedCall } from './call'
import type { WeChat } from './wechat'

/**
 * `GET /sns/jscode2session`: a code of wx.login becomes openid and session_key.
 * Parameters are read from the query only; anything but GET finds them missing.
 * @see https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_code2session.html
 */
export function jscode2session(call: RecordedCall, wechat: WeChat): Answer {
  const { accounts, codes } = wechat
  const refused = (errcode: number) => refuse(call, errcode)
  const appid = call.method === 'GET' ? parameter(call, 'appid') : ''
  const secret = parameter(call, 'secret')
  const code = parameter(call, 'js_code')

  if (appid === '') return refused(41002)
  if (secret === '') return refused(41004)
  if (code === '') return refused(41008)
  if (parameter(call, 'grant_type') !== 'authorization_code') return refused(40002)
  if (!accounts.hasApp(appid)) return refused(40013)
  if (!accounts.acceptsSecret(appid, secret)) return refused(40125)

  const exchanged = codes.exchange(code, appid)
  if ('errcode' in exchanged) return refused(exchanged.errcode)
  if (accounts.isBlocked(exchanged.user)) return refused(40226)

  const { sessionKey, openid, unionid } = accounts.rotateSessionKey(exchanged.user, appid)
  return accept(call, {
    session_key: sessionKey,
    openid,
    ...(accounts.isUnionidBound(appid) && { unionid }),
  })
}
