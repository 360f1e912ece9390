import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { LoginError } from '../errors'
import type { Log } from '../log'
import { contextOf } from './context'

/** Headers of every answer: nothing here may be cached or taken for another content type. */
export function commonHeaders(requestId: string): OutgoingHttpHeaders {
  return {
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': requestId,
  }
}

export function sendJson(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  body: object,
  headers?: OutgoingHttpHeaders,
): void {
  const text = JSON.stringify(body)
  res.writeHead(status, {
    ...commonHeaders(contextOf(req).requestId),
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    ...headers,
  })
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
