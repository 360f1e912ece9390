import type { IncomingMessage, ServerResponse } from 'node:http'
import morgan from 'morgan'
import { jsonLine, type LogFormat, printable } from '../log'
import { contextOf, originOf } from './context'

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
 */
export function createRequestLog({ format, write, now }: RequestLogOptions) {
  const stream = { write: (line: string) => write(line.trimEnd()) }
  const isQuiet = createProbeMemory()
  return morgan<IncomingMessage, ServerResponse>(
    (tokens, req, res) => {
      const ms = Number(tokens['response-time']?.(req, res))
      return format === 'json' ? jsonOf(req, res, ms, now()) : devOf(req, res, ms)
    },
    { stream, skip: isQuiet },
  )
}

/** Says of a request that is over whether it is a probe with no news. */
function createProbeMemory() {
  const failing = new Set<string>()
  return (req: IncomingMessage, res: ServerResponse): boolean => {
    const context = contextOf(req)
    if (!context.isProbe) return false
    const path = pathOf(req)
    const isWell = res.writableFinished && context.error === undefined
    if (!isWell) failing.add(path)
    return isWell && !failing.delete(path)
  }
}

function jsonOf(req: IncomingMessage, res: ServerResponse, ms: number, now: number): string {
  const { requestId, error, appid, userId } = contextOf(req)
  return jsonLine({
    time: new Date(now).toISOString(),
    level: levelOf(res),
    event: 'request',
    outcome: res.writableFinished ? (error ? 'failure' : 'success') : 'aborted',
    error: error?.code,
    reason: error?.reason,
    wx_errcode: error?.wxErrcode,
    request_id: requestId,
    method: req.method ?? '',
    path: pathOf(req),
    status: res.writableFinished ? res.statusCode : null,
    duration_ms: Number.isFinite(ms) ? ms : null,
    appid,
    user: userId ?? error?.userId,
    ip: originOf(req).ip,
    ua: req.headers['user-agent']?.slice(0, 120),
  })
}

function devOf(req: IncomingMessage, res: ServerResponse, ms: number): string {
  const { requestId, error } = contextOf(req)
  const took = Number.isFinite(ms) ? `${ms.toFixed(1)} ms` : 'aborted'
  const why = error ? ` ${error.code}${error.reason ? ` (${error.reason})` : ''}` : ''
  const status = res.writableFinished ? res.statusCode : '-'
  return printable(`${req.method} ${pathOf(req)} ${status}${why} ${took} ${requestId}`)
}

function levelOf({ statusCode }: ServerResponse): string {
  return statusCode >= 500 ? 'error' : 'info'
}

/** The path without its query; of a part so long that it may be a credential only `…` is left. */
function pathOf(req: IncomingMessage): string {
  const { originalUrl = req.url ?? '' } = req as IncomingMessage & { originalUrl?: string }
  const end = originalUrl.search(/[?#]/)
  const path = end < 0 ? originalUrl : originalUrl.slice(0, end)
  return path.slice(0, 200).replace(/[^/]{20,}|[^/]*@[^/]*/g, '…')
}
