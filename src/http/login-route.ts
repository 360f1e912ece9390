import type { Request } from 'express'
import type { Log } from '../log'
import type { CodeLogin, LoginAnswer } from '../login/login'
import { contextOf } from './context'
import type { JsonObject } from './json-body'
import type { RateLimit } from './rate-limit'
import { readAppid, readCode, readIdempotencyKey } from './read-request'

/** A login as any of its routes asks for it: counted, parsed, done, noted for the log. */
export type LoginByRequest = (req: Request, fields: JsonObject) => Promise<LoginAnswer>

export function createLoginByRequest(
  login: CodeLogin['login'],
  rateLimit: RateLimit,
  log: Log,
): LoginByRequest {
  return async (req, fields) => {
    const context = contextOf(req)
    context.event = 'login'
    await rateLimit(req)
    const answer = await login({
      code: readCode(fields.code),
      appid: readAppid(fields.appid),
      idempotencyKey: readIdempotencyKey(req),
    })
    const { userId, appid } = answer
    context.userId = userId
    context.appid = appid
    if (req.socket.destroyed) {
      // The request's own line was written when the client went away, before there was an outcome.
      log.info('login', { outcome: 'success', request_id: context.requestId, appid, user: userId })
    }
    return answer
  }
}
