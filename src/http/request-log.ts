import type { IncomingMessage, ServerResponse } from 'node:http'
import morgan from 'morgan'
import { isoTime, type LogFormat, PID, printable } from '../log'
import { contextOf, originOf, type RequestContext } from './context'
import type { Middleware } from './require-login'

export interface RequestLogOptions {
  format: LogFormat
  /** Takes one line, without its line feed. */
  write: (line: string) => void
  /** Milliseconds since 1970. */
  now: () => number
}

/**
 * One line a request, by morgan, of the standalone app alone. What a request decided is told by
 * events; a line says how the request itself went, and carries the same `request_id`.
 *
 * The fields are our own: morgan's `:url`, `:referrer` and `:remote-user` would print tokens, codes
 * and whatever a client makes up. A line holds no query and, of the headers, only a shortened user
 * agent. It names the user by our id, never by openid.
 *
 * A probe gets a line when it fails, and when it succeeds after a failure. Load balancers ask every
 * few seconds, so lines of probes that are well would hide the others.
 *
 * morgan writes at once (`immediate`), and is called when the answer is over. By itself it waits for
 * that with listeners on answer and connection, and with a `writeHead` of its own. That costs a
 * request 9.5 us, and this way 4.8 us (Node 20; on Node 24 8.3 and 3.8 us).
 */
export function createRequestLog({ format, write, now }: RequestLogOptions): Middleware {
  const stream = { write: (line: string) => write(line.trimEnd()) }
  const lineOf = format === 'json' ? createJsonLine(now) : devLine
  const tell = morgan<IncomingMessage, ServerResponse>((_tokens, req, res) => lineOf(req, res), {
    immediate: true,
    stream,
    skip: createProbeMemory(),
  })
  const nothing = () => {}

  function onClose(this: ServerResponse): void {
    tell(this.req, this, nothing)
  }

  return (req, res, next) => {
    contextOf(req).cameAt = performance.now()
    // Node tells no address of a connection that is gone, and a client may leave before its answer.
    originOf(req)
    res.on('close', onClose)
    next()
  }
}

/** Says of a request that is over whether it is a probe with no news. */
function createProbeMemory() {
  const failing = new Set<string>()
  return (req: IncomingMessage, res: ServerResponse): boolean => {
    const context = contextOf(req)
    if (!context.isProbe) return false
    const path = pathOf(req)
    const isWell = isSent(res) && context.error === undefined
    if (!isWell) failing.add(path)
    return isWell && !failing.delete(path)
  }
}

/** All that JSON writes as it is: ASCII without control characters, quotes and backslashes. */
const ODD = /[^ !#-[\]-~]/

const quoted = (text: string): string => `"${text}"`

/** By hand, and without escapes where no text needs one: 0.9 us. `JSON.stringify` takes 1.7 us. */
function createJsonLine(now: () => number) {
  return (req: IncomingMessage, res: ServerResponse): string => {
    const context = contextOf(req)
    const { requestId, error, appid, userId = error?.userId } = context
    const { method = '', headers } = req
    const isWhole = isSent(res)
    const outcome = isWhole ? (error ? 'failure' : 'success') : 'aborted'
    const path = pathOf(req)
    const { ip } = originOf(req)
    const agent = headers['user-agent']?.slice(0, 120)
    const reason = error?.reason
    const isOdd = ODD.test(`${method}${path}${ip}${agent}${reason}${appid}${userId}`)
    const text = isOdd ? JSON.stringify : quoted
    const field = (name: string, value: string | undefined) =>
      value === undefined ? '' : `,"${name}":${text(value)}`
    const errcode = error?.wxErrcode
    const line =
      `{"time":"${isoTime(now())}","level":"${levelOf(res)}","event":"request","outcome":"${outcome}"` +
      `${field('error', error?.code)}${field('reason', reason)}` +
      `${errcode === undefined ? '' : `,"wx_errcode":${errcode}`}` +
      `,"request_id":"${requestId}","method":${text(method)},"path":${text(path)}` +
      `,"status":${isWhole ? res.statusCode : null},"duration_ms":${durationOf(context)}` +
      `${field('appid', appid)}${field('user', userId)},"ip":${text(ip)}${field('ua', agent)},${PID}}`
    return isOdd ? printable(line) : line
  }
}

function devLine(req: IncomingMessage, res: ServerResponse): string {
  const context = contextOf(req)
  const { requestId, error } = context
  const ms = durationOf(context)
  const took = ms === null ? 'aborted' : `${ms.toFixed(1)} ms`
  const why = error ? ` ${error.code}${error.reason ? ` (${error.reason})` : ''}` : ''
  const status = isSent(res) ? res.statusCode : '-'
  return printable(`${req.method} ${pathOf(req)} ${status}${why} ${took} ${requestId}`)
}

/**
 * Whether the whole answer went out. On Node 20 and 22 an answer whose connection broke counts as
 * finished, once it is closed.
 */
function isSent({ writableFinished, req }: ServerResponse): boolean {
  return writableFinished && req.socket.errored === null
}

/** Milliseconds from the request to the beginning of its answer; null where none began. */
function durationOf({ cameAt, answeredAt }: RequestContext): number | null {
  if (cameAt === undefined || answeredAt === undefined) return null
  return Math.round((answeredAt - cameAt) * 1000) / 1000
}

function levelOf({ statusCode }: ServerResponse): string {
  return statusCode >= 500 ? 'error' : 'info'
}

/**
 * The path without its query; of a part so long that it may be a credential only `…` is left. Most
 * paths are too short to hold one: a line that is not searched is 0.7 us cheaper.
 */
function pathOf(req: IncomingMessage): string {
  const { originalUrl = req.url ?? '' } = req as IncomingMessage & { originalUrl?: string }
  const end = originalUrl.search(/[?#]/)
  const path = end < 0 ? originalUrl : originalUrl.slice(0, end)
  if (path.length < 20 && !path.includes('@')) return path
  return path.slice(0, 200).replace(/[^/]{20,}|[^/]*@[^/]*/g, '…')
}
