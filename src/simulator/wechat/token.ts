import { parameter } from '../core/call'
import type { Endpoint } from '../core/platform'
import { answerTokenRequest } from './token-request'
import type { WeChat } from './wechat'

/**
 * `GET /cgi-bin/token`: every call mints a new access_token; the one before works 5 minutes more.
 * Parameters are read from the query only; anything but GET finds them missing.
 * @see https://developers.weixin.qq.com/doc/oplatform/developers/dev/AccessToken.html
 */
export const token = (wechat: WeChat): Endpoint => ({
  answer(call) {
    const read = (name: string) => (call.method === 'GET' ? parameter(call, name) : '')
    const request = {
      grantType: read('grant_type'),
      appid: read('appid'),
      secret: read('secret'),
    }
    return answerTokenRequest(call, request, wechat, appid => wechat.accessTokens.plain(appid))
  },
})
