import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { LoginError } from '../errors'
import type { Log } from '../log'
import { contextOf } from './context'

/** Of every answer: nothing here may be cached or taken for another content type. */
const COMMON_HEADERS = [
  ['Cache-Control', 'no-store'],
  ['X-Content-Type-Options', 'nosniff'],
] as const

/** An answer without a body. */
export function sendEmpty(
  req: IncomingMessage,
  res: ServerResponse,
  headers: Readonly<Record<string, string>>,
): void {
  res.statusCode = 204
  for (const [name, value] of COMMON_HEADERS) res.setHeader(name, value)
  res.setHeader('X-Request-Id', contextOf(req).requestId)
  for (const name in headers) res.setHeader(name, headers[name] as string)
  res.end()
}

export function sendJson(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  body: object,
  headers?: OutgoingHttpHeaders,
): void {
  const text = JSON.stringify(body)
  res.statusCode = status
  for (const [name, value] of COMMON_HEADERS) res.setHeader(name, value)
  res.setHeader('X-Request-Id', contextOf(req).requestId)
  res.setHeader('Content-Type', 'application/json; charset=utf-8')
  res.setHeader('Content-Length', Buffer.byteLength(text))
  for (const name in headers) res.setHeader(name, headers[name] as string)
  res.end(text)
}

export interface SendErrorOptions {
  /** Where a fault of ours is told; the caller only hears `internal`. */
  log: Log
  /** An alias's own way to say it; default: our error shape. */
  body?: (error: LoginError) => object
}

/** Answers with the error's own status and headers; what is no LoginError is a fault of ours. */
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
    ...errorHeaders(error),
    ...(context.namesError && { 'X-Login-Error': error.code }),
    // What is left of the body is not read: the connection cannot be used again.
    ...(hasBody(req) && !req.complete && { Connection: 'close' }),
  })
}

/** Whether a body was announced. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

export function errorHeaders(error: LoginError): OutgoingHttpHeaders {
  return {
    ...(error.status === 401 && { 'WWW-Authenticate': 'Bearer' }),
    ...(error.retryAfter !== undefined && { 'Retry-After': String(error.retryAfter) }),
    ...(error.allow !== undefined && { Allow: error.allow }),
  }
}
