import type { Request } from 'express'
import type { Login, LoginAnswer } from '../login/login'
import { contextOf } from './context'
import type { JsonObject } from './json-body'
import { readAppid, readCode, readIdempotencyKey } from './read-request'

/** A login as any of its routes asks for it: counted, parsed, done, noted for the log. */
export type LoginByRequest = (req: Request, fields: JsonObject) => Promise<LoginAnswer>

export function createLoginByRequest(
  login: Login,
  rateLimit: (req: Request) => void,
): LoginByRequest {
  return async (req, fields) => {
    const context = contextOf(req)
    context.event = 'login'
    rateLimit(req)
    const answer = await login({
      code: readCode(fields.code),
      appid: readAppid(fields.appid),
      idempotencyKey: readIdempotencyKey(req),
    })
    context.userId = answer.userId
    context.appid = answer.appid
    return answer
  }
}
