import type { Endpoint } from '../core/platform'
import { readJsonPost } from './json-post'
import { answerTokenRequest } from './token-request'
import type { WeChat } from './wechat'

/**
 * `POST /cgi-bin/stable_token`: everybody gets the same access_token, until its last 5 minutes.
 * @see https://developers.weixin.qq.com/minigame/dev/api-backend/open-api/access-token/auth.getStableAccessToken.html
 */
export const stableToken = (wechat: WeChat): Endpoint => ({
  answer(call) {
    const body = readJsonPost(call)
    if ('refusal' in body) return body.refusal
    const { grant_type: grantType, appid, secret, force_refresh: force } = body.fields
    return answerTokenRequest(call, { grantType, appid, secret }, wechat, known =>
      wechat.accessTokens.stable(known, force === true),
    )
  },
})
