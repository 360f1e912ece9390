import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { LoginError } from '../errors'
import type { Log } from '../log'
import { contextOf } from './context'

/** Answers with JSON. `headers` are added to those that every answer has. */
export function sendJson(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  body: object,
  headers?: OutgoingHttpHeaders,
): void {
  const text = JSON.stringify(body)
  begin(req, res, status)
  res.setHeader('Content-Type', 'application/json; charset=utf-8')
  res.setHeader('Content-Length', Buffer.byteLength(text))
  addHeaders(res, headers)
  res.end(text)
}

/** Answers 200 with a page. `headers` are added to those that every answer has. */
export function sendPage(
  req: IncomingMessage,
  res: ServerResponse,
  html: string,
  headers: OutgoingHttpHeaders,
): void {
  begin(req, res, 200)
  res.setHeader('Content-Type', 'text/html; charset=utf-8')
  res.setHeader('Content-Length', Buffer.byteLength(html))
  addHeaders(res, headers)
  res.end(html)
}

/** Answers with a text of the given content type. */
export function sendText(
  req: IncomingMessage,
  res: ServerResponse,
  text: string,
  contentType: string,
): void {
  begin(req, res, 200)
  res.setHeader('Content-Type', contentType)
  res.setHeader('Content-Length', Buffer.byteLength(text))
  res.end(text)
}

/** Answers 200 without a body. */
export function sendEmpty(
  req: IncomingMessage,
  res: ServerResponse,
  headers: OutgoingHttpHeaders,
): void {
  begin(req, res, 200)
  res.setHeader('Content-Length', 0)
  addHeaders(res, headers)
  res.end()
}

/**
 * What every answer has: nothing may be cached, or be taken for another content type. Here every
 * answer is counted, too: a listener of its end would cost each request a closure.
 */
export function begin(req: IncomingMessage, res: ServerResponse, status: number): void {
  const context = contextOf(req)
  const { requestId, count, begunAt = 0 } = context
  context.answeredAt = performance.now()
  count?.add(status, context.answeredAt - begunAt)
  res.statusCode = status
  res.setHeader('Cache-Control', 'no-store')
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('X-Request-Id', requestId)
}

/** A loop over names: `Object.entries` would make an array for each header of each answer. */
function addHeaders(res: ServerResponse, headers: OutgoingHttpHeaders | undefined): void {
  for (const name in headers) res.setHeader(name, headers[name] as string)
}

export interface SendErrorOptions {
  /** Hears of a fault of ours with its stack; the caller hears only `internal`. */
  log: Log
  /** What an alias says instead of our error shape. */
  body?: (error: LoginError) => object
}

/**
 * Answers with the status and the headers that the error itself carries. Anything that is not a
 * LoginError is a fault of ours: `internal`, and a line in the log. An answer that has already
 * begun cannot become an error, so its connection is cut.
 */
export function sendError(
  req: IncomingMessage,
  res: ServerResponse,
  thrown: unknown,
  { log, body }: SendErrorOptions,
): void {
  const context = contextOf(req)
  const error = thrown instanceof LoginError ? thrown : new LoginError('internal')
  if (error !== thrown) {
    const stack = thrown instanceof Error ? thrown.stack : String(thrown)
    log.error('internal', { request_id: context.requestId, stack })
  }
  context.error = error
  if (res.headersSent) {
    res.destroy()
    return
  }
  sendJson(req, res, error.status, body ? body(error) : error.body(context.requestId), {
    ...errorHeaders(error, req),
    ...(context.namesError && { 'X-Login-Error': error.code }),
    // The rest of the body stays unread, so the connection can carry no further request.
    ...(hasBody(req) && !req.complete && { Connection: 'close' }),
  })
}

/** Whether the request announces a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** The headers that go with an error: RFC 9110, sections 10.2.1, 10.2.3 and 11.6.1. */
export function errorHeaders(error: LoginError, req?: IncomingMessage): OutgoingHttpHeaders {
  return {
    ...(error.status === 401 && { 'WWW-Authenticate': challengeOf(error, req) }),
    ...(error.retryAfter !== undefined && { 'Retry-After': String(error.retryAfter) }),
    ...(error.allow !== undefined && { Allow: error.allow }),
  }
}

/** Who shows the internal token by Basic hears of Basic: RFC 6749 section 5.2, by which clients go. */
function challengeOf({ code }: LoginError, req: IncomingMessage | undefined): string {
  const isBasic = /^Basic /i.test(req?.headers.authorization ?? '')
  return isBasic && code === 'internal_token_invalid' ? 'Basic realm="internal"' : 'Bearer'
}
