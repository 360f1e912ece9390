import type { TokenAnswer } from './access-tokens'
import { type Answer, accept, refuse } from './answer'
import { parameter, type RecordedCall } from './call'
import { readJsonPost } from './json-post'
import type { WeChat } from './wechat'

/** What an app shows to be given an access_token. */
interface Credentials {
  readonly grantType: unknown
  readonly appid: unknown
  readonly secret: unknown
}

/**
 * `GET /cgi-bin/token`: every call mints a new access_token; the one before works 5 minutes more.
 * Parameters are read from the query only; anything but GET finds them missing.
 * @see https://developers.weixin.qq.com/doc/oplatform/developers/dev/AccessToken.html
 */
export function token(call: RecordedCall, wechat: WeChat): Answer {
  const read = (name: string) => (call.method === 'GET' ? parameter(call, name) : '')
  const credentials = {
    grantType: read('grant_type'),
    appid: read('appid'),
    secret: read('secret'),
  }
  return give(call, credentials, wechat, appid => wechat.accessTokens.plain(appid))
}

/**
 * `POST /cgi-bin/stable_token`: the same access_token to everybody, until its last 5 minutes.
 * @see https://developers.weixin.qq.com/minigame/dev/api-backend/open-api/access-token/auth.getStableAccessToken.html
 */
export function stableToken(call: RecordedCall, wechat: WeChat): Answer {
  const body = readJsonPost(call)
  if ('refusal' in body) return body.refusal
  const { grant_type: grantType, appid, secret, force_refresh: force } = body.fields
  return give(call, { grantType, appid, secret }, wechat, known =>
    wechat.accessTokens.stable(known, force === true),
  )
}

function give(
  call: RecordedCall,
  { grantType, appid, secret }: Credentials,
  { accounts }: WeChat,
  tokenOf: (appid: string) => TokenAnswer,
): Answer {
  if (typeof appid !== 'string' || appid === '') return refuse(call, 41002)
  if (typeof secret !== 'string' || secret === '') return refuse(call, 41004)
  if (grantType !== 'client_credential') return refuse(call, 40002)
  if (!accounts.hasApp(appid)) return refuse(call, 40013)
  if (!accounts.acceptsSecret(appid, secret)) return refuse(call, 40125)

  const given = tokenOf(appid)
  if ('errcode' in given) return refuse(call, given.errcode)
  return accept(call, { access_token: given.token, expires_in: given.expiresIn })
}
