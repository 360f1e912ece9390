import { z } from 'zod'
import type { Log } from '../log'
import type { AppSecrets } from './app-secrets'
import type { WxClient } from './client'
import { errcodeOf, WxRefused, WxUnreachable } from './errcode'

/** What WeChat tells of the user behind a login code. */
export interface WxSession {
  readonly openid: string
  /** Base64 text of 16 bytes, as received. WeChat forbids that it leaves the server. */
  readonly sessionKey: string
  /** Only where the mini program is bound to an Open Platform account; absent means unknown. */
  readonly unionid?: string
}

export interface Code2SessionOptions {
  client: WxClient
  secrets: AppSecrets
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
}

export type Code2Session = (appid: string, code: string) => Promise<WxSession>

/** Longer and wider than anything WeChat was seen to send, but without control characters. */
const text = z.string().regex(/^\P{Cc}{1,512}$/u)
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
    const body = await client.get('/sns/jscode2session', params, withinMs)
    if (typeof body === 'object' && body !== null) {
      const { errcode: raw, errmsg } = body as { errcode?: unknown; errmsg?: unknown }
      const errcode = errcodeOf(raw)
      if (Number.isInteger(errcode)) throw new WxRefused(errcode as number, errmsg, now())
      if (errcode !== undefined) throw unusable('errcode_malformed')
    }
    const result = answer.safeParse(body)
    if (!result.success) throw unusable('fields_missing')
    const { openid, session_key: sessionKey, unionid } = result.data
    return { openid, sessionKey, ...(unionid && { unionid }) }
  }
  return async (appid, code) => {
    const begun = performance.now()
    const leftMs = () => client.timeoutMs - (performance.now() - begun)
    try {
      return await secrets.use(appid, secret => exchange(appid, secret, code, leftMs()))
    } catch (error) {
      report(log, appid, error)
      throw error
    }
  }
}

/** Tells the operator what the caller must not hear: whose fault it is and what to do about it. */
function report(log: Log, appid: string, error: unknown): void {
  if (error instanceof WxRefused) {
    const { wxErrcode: errcode, rid, hint } = error
    const level = error.code === 'misconfigured' ? 'error' : 'warn'
    log[level]('wechat_refused', { errcode, error: error.code, appid, rid, hint })
  } else if (error instanceof WxUnreachable) {
    const { code, reason, sent } = error
    log.warn('wechat_unreachable', { error: code, reason, sent, appid })
  }
}

function unusable(reason: string): WxUnreachable {
  return new WxUnreachable('wechat_bad_answer', { sent: true, reason })
}
