import type { Answer } from '../core/answer'
import { parameter, type RecordedCall } from '../core/call'
import { refuse } from './answers'
import { signState } from './session-keys'
import type { WeChat } from './wechat'

/** Whose session_key the caller speaks of, and whether the caller signed with that key. */
export interface SessionKeyClaim {
  readonly appid: string
  readonly name: string
  readonly sessionKey: string | undefined
  readonly isSigned: boolean
}

/**
 * Reads the claim of checksession and resetusersessionkey, or answers why there is none. The page
 * of checksession lists the parameters as the body of a GET; its sample has them in the query.
 */
export function readSessionKeyClaim(
  call: RecordedCall,
  { users, accessTokens }: WeChat,
): SessionKeyClaim | { readonly refusal: Answer } {
  const refused = (errcode: number) => ({ refusal: refuse(call, errcode) })
  const holder = accessTokens.check(call.method === 'GET' ? parameter(call, 'access_token') : '')
  if ('errcode' in holder) return refused(holder.errcode)
  const { appid } = holder
  const openid = parameter(call, 'openid')
  const signature = parameter(call, 'signature')
  if (openid === '' || signature === '') return refused(40097)
  if (parameter(call, 'sig_method') !== 'hmac_sha256') return refused(87008)
  const name = users.nameOf(appid, openid)
  if (name === undefined) return refused(40003)
  const { sessionKey } = users.seenBy(appid, name)
  const isSigned = sessionKey !== undefined && signature === signState(sessionKey, '')
  return { appid, name, sessionKey, isSigned }
}
