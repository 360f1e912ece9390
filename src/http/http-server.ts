import http, { type IncomingMessage, type Server, type ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import type { Express } from 'express'
import { LoginError } from '../errors'
import type { Log } from '../log'
import { errorHeaders, sendError } from './answer'
import { contextOf } from './context'

/** Node's own limits would hold a slow client's socket for minutes. */
const LIMITS: ServerOptions = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 500,
  // Longer than the idle time-out of the usual load balancers (60 s), which must close first.
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16 * 1024,
}

/**
 * An HTTP server for the app that gives up on slow clients and answers in our error shape even what
 * Node's parser refuses before Express sees it. Does not listen.
 */
export function createHttpServer(app: Express, log: Log): Server {
  const server = http.createServer({ ...LIMITS, ...expressPrototypes(app) }, app)
  server.on('clientError', refuseUnparsable)
  server.on('checkExpectation', (req, res) =>
    sendError(req, res, new LoginError('invalid_request', { field: 'Expect' }), { log }),
  )
  server.on('connect', (req: IncomingMessage, socket: Socket) =>
    endWith(socket, new LoginError('method_not_allowed', { allow: 'GET, POST' }), req),
  )
  return server
}

/**
 * On Node below 24, most of Express's cost is `Object.setPrototypeOf` on each request and answer.
 * Made by constructors that have Express's prototypes from the start, both calls change nothing.
 * Node 24 made the call cheap, and there this way would be the slower one.
 */
function expressPrototypes(app: Express): ServerOptions {
  if (Number(process.versions.node.split('.')[0]) >= 24) return {}
  function IncomingMessage(this: IncomingMessage, socket: Socket) {
    Reflect.apply(http.IncomingMessage, this, [socket])
  }
  IncomingMessage.prototype = app.request
  function ServerResponse(this: http.ServerResponse, ...args: unknown[]) {
    Reflect.apply(http.ServerResponse, this, args)
  }
  ServerResponse.prototype = app.response
  return { IncomingMessage, ServerResponse } as unknown as ServerOptions
}

/** What the parser refused has no request and no answer object: only the bare socket. */
function refuseUnparsable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
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

/**
 * Stops a server without cutting anybody off: takes no new connections, tells those there to close
 * after their answer, and resolves when the last one is gone or after `graceMs`, whichever is first.
 */
export async function drain(server: Server, graceMs: number): Promise<void> {
  server.prependListener('request', (_req, res: http.ServerResponse) => {
    res.shouldKeepAlive = false
  })
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  // Answers that are under way still say keep-alive; their sockets are idle right afterwards.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const force = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearInterval(sweep)
  clearTimeout(force)
}
