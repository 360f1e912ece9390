import { z } from 'zod'
import { accepted, fieldsOf, text, unusable } from './answer'
import type { AuthorizedCall } from './authorized-call'
import type { KeyHolder } from './check-session-key'
import type { WxClient } from './client'
import { isKeyRefusal, WITH_ACCESS_TOKEN } from './errcode'
import { signedBy } from './session-key-signature'

export interface AskNewSessionKeyOptions {
  client: Pick<WxClient, 'get'>
  call: AuthorizedCall
  /** Milliseconds since 1970. */
  now: () => number
}

/** The new session_key, or undefined when the old one is not valid any more. */
export type AskNewSessionKey = (holder: KeyHolder) => Promise<string | undefined>

const API = '/wxa/resetusersessionkey'

const answer = z.object({ openid: text, session_key: text })

/**
 * Ends a session_key at once; the new one has what was left of the old one's life. WeChat asks not
 * to do this often to one user.
 *
 * Source: https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_resetusersessionkey
 */
export function createAskNewSessionKey(options: AskNewSessionKeyOptions): AskNewSessionKey {
  const { client, call, now } = options
  return ({ appid, openid, sessionKey }) =>
    call(API, appid, async (accessToken, withinMs) => {
      const params = { access_token: accessToken, openid, ...signedBy(sessionKey) }
      const body = await client.get(API, params, withinMs)
      try {
        const fields = fieldsOf(accepted(body, now(), WITH_ACCESS_TOKEN), answer)
        if (fields.openid !== openid) throw unusable('openid_differs')
        return fields.session_key
      } catch (error) {
        if (isKeyRefusal(error)) return undefined
        throw error
      }
    })
}
