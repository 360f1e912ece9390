import { z } from 'zod'
import type { Log } from '../log'
import { accepted, fieldsOf, text } from './answer'
import type { AppSecrets } from './app-secrets'
import type { WxClient } from './client'
import { reporting } from './report'

/** What WeChat tells of the user behind a login code. */
export interface WxSession {
  readonly openid: string
  /** Base64 text of 16 bytes, as received. WeChat forbids that it leaves the server. */
  readonly sessionKey: string
  /** Only where the mini program is bound to an Open Platform account; absent means unknown. */
  readonly unionid?: string
}

export interface Code2SessionOptions {
  client: Pick<WxClient, 'get'>
  secrets: AppSecrets
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
}

export type Code2Session = (appid: string, code: string) => Promise<WxSession>

const API = '/sns/jscode2session'

const answer = z.object({
  openid: text,
  session_key: text,
  unionid: text.optional().catch(undefined),
})

/**
 * Exchanges a login code. The code is burnt whenever the request may have arrived, even by an
 * answer that says no, so nobody may send it again; `createAppSecrets` has the one exception.
 *
 * Source: https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_code2session.html
 */
export function createCode2Session(options: Code2SessionOptions): Code2Session {
  const { client, secrets, now, log } = options
  async function exchange(
    appid: string,
    secret: string,
    code: string,
    withinMs: number,
  ): Promise<WxSession> {
    const params = { appid, secret, js_code: code, grant_type: 'authorization_code' }
    const body = accepted(await client.get(API, params, withinMs), now())
    const { openid, session_key: sessionKey, unionid } = fieldsOf(body, answer)
    return { openid, sessionKey, ...(unionid && { unionid }) }
  }
  return (appid, code) =>
    reporting({ log, api: API, appid }, () =>
      secrets.use(appid, (secret, withinMs) => exchange(appid, secret, code, withinMs)),
    )
}
