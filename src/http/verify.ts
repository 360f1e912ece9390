import type { Request, Response } from 'express'
import { sendEmpty } from './answer'
import { contextOf } from './context'
import type { ShowsInternalToken } from './internal-token'
import type { Middleware } from './require-login'

/** Before the guard of `/verify`: nginx's auth_request drops the body, and keeps the headers. */
export const nameError: Middleware = (req, _res, next) => {
  contextOf(req).namesError = true
  next()
}

/**
 * Forward-auth: a gateway asks before it lets a request pass. Everybody gets the user id; openid
 * and unionid go only to a gateway that proves itself with the internal token.
 */
export function createVerify(showsInternalToken: ShowsInternalToken) {
  return (req: Request, res: Response): void => {
    const { userId, appid, openid, unionid } = req.login
    const trusted = showsInternalToken(req)
    sendEmpty(req, res, {
      'X-User-Id': userId,
      'X-Appid': appid,
      ...(trusted && { 'X-Openid': openid }),
      ...(trusted && unionid !== undefined && { 'X-Unionid': unionid }),
    })
  }
}
