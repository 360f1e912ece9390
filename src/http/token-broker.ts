import type { Request, Response } from 'express'
import { type ErrorText, LoginError } from '../errors'
import type { Log } from '../log'
import { sayWechatFailed } from '../login/wechat-failed'
import { sendJson } from './answer'
import { contextOf } from './context'
import type { ShowsInternalToken } from './internal-token'
import { clientAddress, type RateLimit } from './rate-limit'
import { queryValue, readRefusedToken } from './read-request'

/** An app's access_token, or another one than WeChat refused; `wx/` has it. */
export type GetAccessToken = (
  appid: string | undefined,
  refused?: string,
) => Promise<{ readonly appid: string; readonly value: string; readonly expiresAt: number }>

export interface TokenBrokerOptions {
  getAccessToken: GetAccessToken
  showsInternalToken: ShowsInternalToken
  /** Counts every call, with the right credential or without. */
  rateLimit: RateLimit
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
}

/** The general texts speak to a user's phone; here a service reads them. */
const TEXTS = {
  token_missing: {
    zh: '缺少凭据，须与本服务的 INTERNAL_TOKEN 相同',
    en: 'The credential is missing: send the INTERNAL_TOKEN of this service.',
  },
  token_invalid: {
    zh: '凭据不对，须与本服务的 INTERNAL_TOKEN 相同',
    en: 'The credential is not the INTERNAL_TOKEN of this service.',
  },
} as const satisfies Record<string, ErrorText>

const NO_TOKEN: ErrorText = {
  zh: '暂时无法从微信取得 access_token，请稍后再试',
  en: 'WeChat gives no access_token right now: try again later.',
}

/**
 * Hands the access_token to the company's other services: WeChat gives an app one at a time, so
 * whoever fetches a plain one for itself ends everybody else's.
 */
export function createTokenBroker(options: TokenBrokerOptions) {
  const { getAccessToken, showsInternalToken, rateLimit, now, log } = options
  return async (req: Request, res: Response): Promise<void> => {
    const context = contextOf(req)
    context.event = 'access_token'
    const audit = { request_id: context.requestId, ip: clientAddress(req) }
    await rateLimit(req)
    if (!showsInternalToken(req)) {
      const isMissing = req.headers['x-internal-token'] === undefined
      const error = isMissing ? 'token_missing' : 'token_invalid'
      log.warn('access_token_denied', { ...audit, error })
      const text = TEXTS[error]
      throw new LoginError(error, { text, field: 'X-Internal-Token', reason: 'internal_token' })
    }
    const refused = readRefusedToken(req)
    const asked = getAccessToken(queryValue(req, 'appid'), refused)
    const { appid, value, expiresAt } = await asked.catch(error => {
      throw sayWechatFailed(error, NO_TOKEN)
    })
    context.appid = appid
    log.info('access_token_given', { ...audit, appid, replaced: refused !== undefined })
    const expiresIn = Math.floor((expiresAt - now()) / 1000)
    sendJson(req, res, 200, { access_token: value, expires_in: expiresIn })
  }
}
