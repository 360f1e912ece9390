import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { LoginError } from '../errors'
import type { Origin } from '../events'
import { clientAddress, isFromProxy } from './client-address'

/** Counts the answers of one route. Must cost next to nothing: every request passes here. */
export interface AnswerCount {
  add(status: number, durationMs: number): void
}

/** What is known of one request so far. The request log reads it when the answer is out. */
export interface RequestContext {
  readonly requestId: string
  /** Made by `originOf` when somebody first asks for it. */
  origin?: Origin & { readonly ip: string }
  /** When the whole request was there, by `performance.now`, where its deadline runs from then. */
  arrivedAt?: number
  /** What its answer is counted as: set where a route of ours takes the request. */
  count?: AnswerCount | undefined
  /** When that was, by `performance.now`. */
  begunAt?: number
  /** When the request log saw the request first, by `performance.now`. */
  cameAt?: number
  /** When its answer began, by `performance.now`. */
  answeredAt?: number
  error?: LoginError
  /** The token of a login inside this request, for a second guard on its way. */
  issuedToken?: string
  appid?: string
  userId?: string
  /** Whether a failure is named in a header too: nginx hands on headers and drops the body. */
  namesError?: boolean
  /** Whether a load balancer asks, every few seconds and for ever. */
  isProbe?: boolean
}

const CONTEXT = Symbol('miniprogram-login.context')
const REQUEST_ID = /^[\w.-]{8,64}$/

/**
 * The context of a request, made at the first call. A well-formed `X-Request-Id` of a proxy of ours
 * is kept. A stranger could give the id of somebody else's request, and mislead who reads the log.
 */
export function contextOf(req: IncomingMessage): RequestContext {
  const holder = req as IncomingMessage & { [CONTEXT]?: RequestContext }
  holder[CONTEXT] ??= { requestId: givenId(req) ?? randomUUID() }
  return holder[CONTEXT]
}

function givenId(req: IncomingMessage): string | undefined {
  const given = req.headers['x-request-id']
  const isWellFormed = typeof given === 'string' && REQUEST_ID.test(given)
  return isWellFormed && isFromProxy(req) ? given : undefined
}

/**
 * Who asks, for use cases and events: made once a request, and only for a request that needs it.
 *
 * The address is read here and not by a getter. A getter that survives `{ ...origin }` costs 230 ns
 * a request; reading the address costs 110 ns, and limiter and request log take it from here.
 */
export function originOf(req: IncomingMessage): Origin & { readonly ip: string } {
  const context = contextOf(req)
  context.origin ??= { requestId: context.requestId, ip: clientAddress(req) }
  return context.origin
}
