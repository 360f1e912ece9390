import type { Answer } from '../core/answer'
import type { RecordedCall } from '../core/call'
import type { TokenAnswer } from './access-tokens'
import { accept, refuse } from './answers'
import type { WeChat } from './wechat'

/** What an app shows to be given an access_token. */
export interface TokenRequest {
  readonly grantType: unknown
  readonly appid: unknown
  readonly secret: unknown
}

/**
 * Checks what the app shows, then answers with an access_token.
 * @param tokenOf gives the app its token, or says which quota is used up
 */
export function answerTokenRequest(
  call: RecordedCall,
  { grantType, appid, secret }: TokenRequest,
  { apps }: WeChat,
  tokenOf: (appid: string) => TokenAnswer,
): Answer {
  if (typeof appid !== 'string' || appid === '') return refuse(call, 41002)
  if (typeof secret !== 'string' || secret === '') return refuse(call, 41004)
  if (grantType !== 'client_credential') return refuse(call, 40002)
  if (!apps.has(appid)) return refuse(call, 40013)
  if (!apps.acceptsSecret(appid, secret)) return refuse(call, 40125)

  const given = tokenOf(appid)
  if ('errcode' in given) return refuse(call, given.errcode)
  return accept(call, { access_token: given.token, expires_in: given.expiresIn })
}
