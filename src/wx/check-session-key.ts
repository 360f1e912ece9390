import { accepted, unusable } from './answer'
import type { AuthorizedCall } from './authorized-call'
import type { WxClient } from './client'
import { isKeyRefusal, WITH_ACCESS_TOKEN } from './errcode'
import { signedBy } from './session-key-signature'

export interface KeyHolder {
  readonly appid: string
  readonly openid: string
  readonly sessionKey: string
}

export interface AskSessionKeyOptions {
  client: Pick<WxClient, 'get'>
  call: AuthorizedCall
  /** Milliseconds since 1970. */
  now: () => number
}

export type AskSessionKey = (holder: KeyHolder) => Promise<boolean>

const API = '/wxa/checksession'

/**
 * Whether a session_key is the one that is valid for the user now. WeChat's page lists the
 * parameters as a payload; they are read from the query.
 *
 * Source: https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_checksessionkey
 */
export function createAskSessionKey({ client, call, now }: AskSessionKeyOptions): AskSessionKey {
  return ({ appid, openid, sessionKey }) =>
    call(API, appid, async (accessToken, withinMs) => {
      const params = { access_token: accessToken, openid, ...signedBy(sessionKey) }
      const body = await client.get(API, params, withinMs)
      try {
        // Only this is a yes: an answer without errcode says nothing about the key.
        const { errcode } = (accepted(body, now(), WITH_ACCESS_TOKEN) ?? {}) as {
          errcode?: unknown
        }
        if (errcode === undefined) throw unusable('fields_missing')
        return true
      } catch (error) {
        if (isKeyRefusal(error)) return false
        throw error
      }
    })
}
