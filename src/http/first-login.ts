import type { IncomingMessage, ServerResponse } from 'node:http'
import type { LogIn } from '../login/login'
import { contextOf } from './context'
import { logIn, refuseMockCode } from './log-in'
import { neverCached } from './never-cached'
import type { RateLimit } from './rate-limit'
import { readHeaders } from './read-request'
import { codeHeaders } from './request-fields'

export interface FirstLoginOptions extends Pick<LogIn, 'login'> {
  /** The limit of `POST /login`: both are counted together. */
  limit: RateLimit
}

/**
 * Logs a guarded request in by the login code in its `X-WX-Code`, and gives its token; undefined
 * where there is no code. At a cold start the mini program so needs one round trip and not two.
 *
 * It is the login of `POST /login`, `Idempotency-Key` included. The answer that the request comes to
 * carries the token in `X-Login-Token`, whatever its status. Where nobody could be logged in, the
 * answer says why in `X-Login-Error`: by it a client tells a refusal of the code from the answer of a
 * route that never looked at it.
 *
 * @param appid of a guard for one mini program; else the code is of the first configured one
 */
export type FirstLogin = (
  req: IncomingMessage,
  res: ServerResponse,
  appid: string | undefined,
) => Promise<string | undefined>

export function createFirstLogin({ login, limit }: FirstLoginOptions): FirstLogin {
  async function tokenOf(req: IncomingMessage, res: ServerResponse, appid: string | undefined) {
    refuseMockCode(req.headers['x-wx-code'], 'X-WX-Code')
    const { 'x-wx-code': code } = readHeaders(codeHeaders, req)
    // Before the limit, which may wait for a store: that wait is a part of the login's deadline.
    contextOf(req).arrivedAt = performance.now()
    await limit(req)
    const { token, expiresIn, isNewUser } = await logIn(req, { code, appid }, { login })
    contextOf(req).issuedToken = token
    res.setHeader('X-Login-Token', token)
    res.setHeader('X-Login-Expires-In', String(expiresIn))
    if (isNewUser) res.setHeader('X-Login-New-User', 'true')
    // The route's own answer may ask to be cached, and now holds a token. Without Authorization in
    // the request no shared cache keeps it back by itself: RFC 9111 section 3.5.
    neverCached(res)
    return token
  }

  return async (req, res, appid) => {
    const { issuedToken } = contextOf(req)
    if (issuedToken !== undefined || !req.headers['x-wx-code']) return issuedToken
    try {
      return await tokenOf(req, res, appid)
    } catch (error) {
      contextOf(req).namesError = true
      throw error
    }
  }
}
