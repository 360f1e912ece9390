import http, { type IncomingMessage, type Server, type ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import type { Express } from 'express'
import { type ErrorCode, LoginError } from '../errors'
import { errorHeaders, sendError } from '../http/answer'
import { contextOf } from '../http/context'
import { countHeader } from '../http/read-request'
import type { Log } from '../log'
import type { Patience } from '../patience'

const LIMITS: ServerOptions = {
  // Longer than the idle time-out of the usual load balancers (60 s), which must close first.
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16 * 1024,
  // Node would refuse a request without Host without our headers and error shape: see `isHostWrong`.
  requireHostHeader: false,
}

export interface HttpServerOptions {
  log: Log
  /** How long a client may take. Node's own limits would hold a slow client's socket for minutes. */
  patience: Pick<Patience, 'headersMs' | 'requestMs' | 'connectionsCheckMs'>
}

/**
 * An HTTP server for the app that gives up on slow clients and answers in our error shape even what
 * Node's parser refuses before Express sees it. Does not listen.
 */
export function createHttpServer(app: Express, { log, patience }: HttpServerOptions): Server {
  const limits = {
    ...LIMITS,
    headersTimeout: patience.headersMs,
    requestTimeout: patience.requestMs,
    connectionsCheckingInterval: patience.connectionsCheckMs,
  }
  const server = http.createServer({ ...limits, ...expressPrototypes(app) }, (req, res) => {
    const socket: HttpSocket = req.socket
    socket[LATEST] = { req, res }
    res.on('finish', forget)
    if (isHostWrong(req)) {
      sendError(req, res, new LoginError('invalid_request', { field: 'Host' }), { log })
      socket.end()
    } else app(req, res)
  })
  server.on('clientError', refuseUnparsable)
  server.on('checkExpectation', (req, res) =>
    sendError(req, res, new LoginError('invalid_request', { field: 'Expect' }), { log }),
  )
  server.on('connect', (req: IncomingMessage, socket: Socket) => {
    endWith(socket, new LoginError('method_not_allowed', { allow: 'GET, POST' }), req)
  })
  return server
}

/**
 * Makes Node create requests and answers with Express's prototypes. Express itself sets them by
 * `Object.setPrototypeOf`, twice a request, and below Node 24 V8 keeps such an answer as a
 * dictionary. With these classes a hello costs 16 µs instead of 20, and a login that waits for
 * WeChat holds 13 KB instead of 16 (docs/decisions/express-prototypes.md). They must be classes: a
 * function that calls Node's constructor leaves V8 no room for an answer's properties, and the
 * answer is a dictionary again. One server an app: the classes of a second server take the place of
 * the first one's.
 */
function expressPrototypes(app: Express): ServerOptions {
  class IncomingMessage extends http.IncomingMessage {}
  class ServerResponse extends http.ServerResponse {}
  app.request = become(app.request, IncomingMessage.prototype)
  app.response = become(app.response, ServerResponse.prototype)
  return { IncomingMessage, ServerResponse } as unknown as ServerOptions
}

/** Gives a class's prototype, which cannot be replaced, the properties of another object. */
function become<T extends object>(given: T, prototype: object): T {
  Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(given))
  return Object.setPrototypeOf(prototype, Object.getPrototypeOf(given))
}

const LATEST = Symbol('miniprogram-login.latest')
/** A socket with its latest request and answer, for the sake of what the parser refuses later. */
type HttpSocket = Socket & {
  [LATEST]?: { req: IncomingMessage; res: http.ServerResponse } | undefined
}

/**
 * Drops a request and its answer once both are over. An idle connection that held them would carry
 * them through several collections of young objects: with 256 connections and 1,000 logins a second
 * each collection copied 1.47 MB instead of 0.22, and a pause took 3 to 4 ms instead of 1 to 2
 * (docs/decisions/forget-answered-requests.md).
 */
function forget(this: http.ServerResponse): void {
  const { complete, socket }: { complete: boolean; socket: HttpSocket } = this.req
  if (complete && socket[LATEST]?.res === this) socket[LATEST] = undefined
}

/** HTTP/1.1 needs exactly one Host, RFC 9112 section 3.2. */
function isHostWrong({ httpVersion, rawHeaders }: IncomingMessage): boolean {
  const hosts = countHeader(rawHeaders, 'host')
  return hosts > 1 || (hosts === 0 && httpVersion === '1.1')
}

/** What the parser refused has no request and no answer object: only the bare socket. */
function refuseUnparsable(error: NodeJS.ErrnoException, socket: HttpSocket): void {
  const canAnswer = error.code !== 'ECONNRESET' && socket.writable
  if (canAnswer && !isAnotherAnswerDue(socket)) {
    endWith(socket, new LoginError(CODES[error.code ?? ''] ?? 'invalid_request'))
  } else socket.destroy()
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

/** Whether the client would take an answer of ours for the answer to another request. */
function isAnotherAnswerDue({ [LATEST]: latest }: HttpSocket): boolean {
  if (latest === undefined) return false
  const { req, res } = latest
  // An earlier request came whole. Until its answer is out, ours would be read in its place.
  if (req.complete) return !res.writableFinished
  // The parser refuses the rest of this very request, perhaps after its answer was given.
  return res.headersSent
}

function endWith(socket: Socket, error: LoginError, req?: IncomingMessage): void {
  // For CONNECT Node has taken its own listener off: a reset would end the process.
  socket.on('error', () => socket.destroy())
  const { requestId } = contextOf(req ?? ({ headers: {} } as IncomingMessage))
  const body = JSON.stringify(error.body(requestId))
  const headers = {
    'Cache-Control': 'no-store',
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': requestId,
    Connection: 'close',
    ...errorHeaders(error),
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const status = `HTTP/1.1 ${error.status} ${http.STATUS_CODES[error.status]}`
  socket.end([status, ...lines, '', body].join('\r\n'), () => socket.destroy())
}
