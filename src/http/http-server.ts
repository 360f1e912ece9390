import http, { type IncomingMessage, type Server, type ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Express } from 'express'
import { LoginError } from '../errors'
import type { Log } from '../log'
import { errorHeaders, sendError } from './answer'
import { contextOf } from './context'
import { countHeader } from './read-request'

/** Node's own limits would hold a slow client's socket for minutes. */
const LIMITS: ServerOptions = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 500,
  // Longer than the idle time-out of the usual load balancers (60 s), which must close first.
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16 * 1024,
  // Node would refuse a request without Host bare of our headers and error shape: see `answer`.
  requireHostHeader: false,
}

/**
 * An HTTP server for the app that gives up on slow clients and answers in our error shape even what
 * Node's parser refuses before Express sees it. Does not listen.
 */
export function createHttpServer(app: Express, log: Log): Server {
  const server = http.createServer({ ...LIMITS, ...expressPrototypes(app) }, (req, res) => {
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
 * Express gives each request and answer its own prototypes, which on Node below 24 is most of its
 * cost. Objects that have them from the start are left as they are. They are made by classes: a
 * function that calls Node's constructor leaves V8 no room in the object, and an answer without
 * room is a dictionary. Once an app: a second server's classes take the place of the first one's.
 */
function expressPrototypes(app: Express): ServerOptions {
  class IncomingMessage extends http.IncomingMessage {}
  class ServerResponse extends http.ServerResponse {}
  app.request = become(app.request, IncomingMessage.prototype)
  app.response = become(app.response, ServerResponse.prototype)
  return { IncomingMessage, ServerResponse } as unknown as ServerOptions
}

/** Makes a class's prototype, which cannot be replaced, what another object is. */
function become<T extends object>(given: T, prototype: object): T {
  Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(given))
  return Object.setPrototypeOf(prototype, Object.getPrototypeOf(given))
}

const LATEST = Symbol('miniprogram-login.latest')
type HttpSocket = Socket & {
  [LATEST]?: { req: IncomingMessage; res: http.ServerResponse } | undefined
}

/**
 * An idle connection remembers nothing of its last request: that would outlive several collections
 * of young objects and cost more, each time, than all that the request left behind.
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
  // An answer that is still owed, or was given to a request that has not ended: a second one would
  // be read in its place.
  const { req, res } = socket[LATEST] ?? {}
  const isOwed = res !== undefined && !res.writableFinished
  const wasAnswered = req !== undefined && !req.complete && res?.headersSent
  if (error.code === 'ECONNRESET' || !socket.writable || wasAnswered || (isOwed && req?.complete)) {
    socket.destroy()
    return
  }
  const code =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'headers_too_large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'request_timeout'
        : 'invalid_request'
  endWith(socket, new LoginError(code))
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

export interface DrainOptions {
  /** How long the server goes on taking connections, so that load balancers look elsewhere first. */
  lameDuckMs: number
  /** How long requests under way may then take to finish. */
  graceMs: number
}

/**
 * Stops a server without cutting anybody off: at first it serves as before but asks every client to
 * close its connection; then it takes no new ones. Resolves when the last one is gone, or when the
 * grace is over.
 */
export async function drain(server: Server, { lameDuckMs, graceMs }: DrainOptions): Promise<void> {
  server.prependListener('request', (_req, res: http.ServerResponse) => {
    res.shouldKeepAlive = false
  })
  await sleep(lameDuckMs)
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  // Answers that were under way at first still say keep-alive; their sockets are idle afterwards.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const force = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearInterval(sweep)
  clearTimeout(force)
}
