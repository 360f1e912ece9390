import { type Answer, accept, refuse } from './answer'
import { parameter, type RecordedCall } from './call'
import { signState } from './session-keys'
import type { WeChat } from './wechat'

/** Whose session_key the caller speaks of, and whether the signature was made with it. */
interface Claim {
  readonly appid: string
  readonly name: string
  readonly sessionKey: string | undefined
  readonly isSigned: boolean
}

/**
 * `GET /wxa/checksession`: is this still the user's session_key? Expired, replaced and wrong ones
 * all get 87009.
 * @see https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_checksessionkey.html
 */
export function checkSession(call: RecordedCall, wechat: WeChat): Answer {
  const claim = readClaim(call, wechat)
  if ('refusal' in claim) return claim.refusal
  return claim.isSigned ? accept(call, { errcode: 0, errmsg: 'ok' }) : refuse(call, 87009)
}

/**
 * `GET /wxa/resetusersessionkey`: a new session_key for whoever proves to have the current one.
 * @see https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_resetusersessionkey.html
 */
export function resetUserSessionKey(call: RecordedCall, wechat: WeChat): Answer {
  const claim = readClaim(call, wechat)
  if ('refusal' in claim) return claim.refusal
  if (!wechat.sessionKeyResets.take(claim.appid)) return refuse(call, 45011)
  if (claim.sessionKey === undefined) return refuse(call, 87007)
  if (!claim.isSigned) return refuse(call, 87009)
  const { openid, sessionKey } = wechat.accounts.rotateSessionKey(claim.name, claim.appid)
  return accept(call, { errcode: 0, errmsg: 'ok', openid, session_key: sessionKey })
}

/** The page of checksession lists these under the body of a GET; its sample has them in the query. */
function readClaim(call: RecordedCall, wechat: WeChat): Claim | { readonly refusal: Answer } {
  const { accounts, accessTokens } = wechat
  const refused = (errcode: number) => ({ refusal: refuse(call, errcode) })
  const token = call.method === 'GET' ? parameter(call, 'access_token') : ''
  const holder = accessTokens.check(token)
  if ('errcode' in holder) return refused(holder.errcode)
  const { appid } = holder
  const openid = parameter(call, 'openid')
  const signature = parameter(call, 'signature')
  if (openid === '' || signature === '') return refused(40097)
  if (parameter(call, 'sig_method') !== 'hmac_sha256') return refused(87008)
  const name = accounts.nameOf(openid, appid)
  if (name === undefined) return refused(40003)
  const { sessionKey } = accounts.user(name, appid)
  const isSigned = sessionKey !== undefined && signature === signState(sessionKey, '')
  return { appid, name, sessionKey, isSigned }
}
