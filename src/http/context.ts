import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { LoginError } from '../errors'

/** What one request has come to so far; the request log reads it at the end. */
export interface RequestContext {
  readonly requestId: string
  /** What was decided, such as `login`, for the log. */
  event?: string
  error?: LoginError
  appid?: string
  userId?: string
  /** Whether a failure names its error in a header, too, for a gateway that sees no body. */
  namesError?: boolean
}

const CONTEXT = Symbol('miniprogram-login.context')
const REQUEST_ID = /^[\w.-]{8,64}$/

/** The request's context, made at first sight; a gateway's X-Request-Id is kept if well-formed. */
export function contextOf(req: IncomingMessage): RequestContext {
  const holder = req as IncomingMessage & { [CONTEXT]?: RequestContext }
  const given = req.headers['x-request-id']
  holder[CONTEXT] ??= {
    requestId: typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID(),
  }
  return holder[CONTEXT]
}
