import type { Request, Response } from 'express'
import { LoginError } from '../errors'
import type { Log } from '../log'
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
      throw new LoginError(error, { field: 'X-Internal-Token', reason: 'internal_token' })
    }
    const refused = readRefusedToken(req)
    const { appid, value, expiresAt } = await getAccessToken(queryValue(req, 'appid'), refused)
    context.appid = appid
    log.info('access_token_given', { ...audit, appid, replaced: refused !== undefined })
    const expiresIn = Math.floor((expiresAt - now()) / 1000)
    sendJson(req, res, 200, { access_token: value, expires_in: expiresIn })
  }
}
