import { z } from 'zod'
import type { UpstreamClient } from '../upstream/client'
import type { AppSecrets } from './app-secrets'
import type { Asking } from './asking'
import { identifier, readAnswer } from './read-answer'
import type { TellFailures } from './tell-failures'

/** What WeChat tells of the user behind a login code. */
export interface WxUser {
  readonly openid: string
  /** Base64 text of 16 bytes, as received. WeChat forbids that it leaves the server. */
  readonly sessionKey: string
  /** Only where the mini program is bound to an Open Platform account; absent means unknown. */
  readonly unionid?: string
}

export interface Jscode2sessionOptions {
  client: Pick<UpstreamClient, 'get'>
  secrets: Pick<AppSecrets, 'use'>
  tellFailures: TellFailures
  /** Milliseconds since 1970. */
  now: () => number
}

export type Jscode2session = (code: string, asking: Asking) => Promise<WxUser>

/** The path of the API that logins ask. */
export const LOGIN_API = '/sns/jscode2session'

const fields = z.object({
  openid: identifier,
  session_key: identifier,
  unionid: identifier.optional().catch(undefined),
})

/**
 * Exchanges a login code. The code is spent whenever the request may have reached WeChat, also when
 * WeChat says no. So a code is not sent again; `AppSecrets` describes the one exception.
 *
 * Source: https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_code2session.html
 */
export function createJscode2session(options: Jscode2sessionOptions): Jscode2session {
  const { client, secrets, tellFailures, now } = options
  return (code, { appid, origin, deadline: ofCaller }) => {
    const exchange = () =>
      secrets.use({ appid, origin, deadline: ofCaller }, async (secret, deadline) => {
        const query = { appid, secret, js_code: code, grant_type: 'authorization_code' }
        const body = await client.get(LOGIN_API, { query, deadline })
        const { openid, session_key, unionid } = readAnswer(body, fields, { now: now() })
        return { openid, sessionKey: session_key, ...(unionid && { unionid }) }
      })
    return tellFailures({ api: LOGIN_API, appid, origin }, exchange)
  }
}
