import type { Answer } from '../core/answer'
import { parameter, type RecordedCall } from '../core/call'
import type { Endpoint } from '../core/platform'
import { accept, refuse } from './answers'
import type { WeChat } from './wechat'

/**
 * `GET /sns/jscode2session`: a code of wx.login becomes openid and session_key.
 * Parameters are read from the query only; anything but GET finds them missing.
 * @see https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_code2session.html
 */
export const jscode2session = (wechat: WeChat): Endpoint => ({
  answer: call => exchange(call, wechat),
  codeOf: call => parameter(call, 'js_code'),
  burn: call => wechat.codes.burn(parameter(call, 'js_code'), parameter(call, 'appid')),
})

function exchange(call: RecordedCall, { apps, users, codes }: WeChat): Answer {
  const refused = (errcode: number) => refuse(call, errcode)
  const appid = call.method === 'GET' ? parameter(call, 'appid') : ''
  const secret = parameter(call, 'secret')
  const code = parameter(call, 'js_code')

  if (appid === '') return refused(41002)
  if (secret === '') return refused(41004)
  if (code === '') return refused(41008)
  if (parameter(call, 'grant_type') !== 'authorization_code') return refused(40002)
  if (!apps.has(appid)) return refused(40013)
  if (!apps.acceptsSecret(appid, secret)) return refused(40125)

  const exchanged = codes.exchange(code, appid)
  if ('errcode' in exchanged) return refused(exchanged.errcode)
  if (users.isBlocked(exchanged.user)) return refused(40226)

  const { sessionKey, openid, unionid } = users.rotateSessionKey(appid, exchanged.user)
  return accept(call, {
    session_key: sessionKey,
    openid,
    ...(apps.isBound(appid) && { unionid }),
  })
}
