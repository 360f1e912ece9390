import { z } from 'zod'
import type { UpstreamClient } from '../upstream/client'
import type { AskingForUser } from './asking'
import type { AuthorizedCall } from './authorized-call'
import { WITH_ACCESS_TOKEN } from './errcode'
import { identifier, readAnswer } from './read-answer'
import { sessionKeySignature } from './session-key-signature'
import { isSessionKeyRefusal } from './wx-refused'
import { unusable } from './wx-unreachable'

export interface ResetusersessionkeyOptions {
  client: Pick<UpstreamClient, 'get'>
  call: AuthorizedCall
  /** Milliseconds since 1970. */
  now: () => number
}

/** Resolves to the new session_key, or to undefined when the old one was not valid any more. */
export type Resetusersessionkey = (
  sessionKey: string,
  user: AskingForUser,
) => Promise<string | undefined>

export const RESET_API = '/wxa/resetusersessionkey'

const fields = z.object({ openid: identifier, session_key: identifier })

/**
 * Ends a session_key at once. The new one lives as long as the old one would have lived. WeChat
 * asks that this is not done often to one user.
 *
 * Source: https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_resetusersessionkey
 */
export function createResetusersessionkey(
  options: ResetusersessionkeyOptions,
): Resetusersessionkey {
  const { client, call, now } = options
  return (sessionKey, { appid, openid, origin }) =>
    call({ api: RESET_API, appid, origin }, async (accessToken, deadline) => {
      const query = { access_token: accessToken, openid, ...sessionKeySignature(sessionKey) }
      const body = await client.get(RESET_API, { query, deadline })
      try {
        const answer = readAnswer(body, fields, { now: now(), special: WITH_ACCESS_TOKEN })
        if (answer.openid !== openid) throw unusable('openid_differs')
        return answer.session_key
      } catch (error) {
        if (isSessionKeyRefusal(error)) return undefined
        throw error
      }
    })
}
