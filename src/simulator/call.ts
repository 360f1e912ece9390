import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

import type { Fault } from './faults'

/** A request as it reached the simulator, and how it was answered. */
export interface RecordedCall {
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** Decoded, in the order sent, with every duplicate. */
  readonly query: readonly (readonly [name: string, value: string])[]
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** When it arrived, by the simulator's clock, ms. */
  readonly at: number
  /** The errcode of the answer, if it was a refusal. */
  errcode?: number
  /** The fault that struck this call, if one did. */
  fault?: Fault
}

const MAX_BODY_BYTES = 1024 * 1024

/**
 * Reads the request to its end.
 * @throws Error when the caller goes away before that, or sends more than 1 MB
 */
export async function readCall(req: IncomingMessage, at: number): Promise<RecordedCall> {
  const target = req.url ?? '/'
  const mark = target.indexOf('?')
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw new Error('request body over 1 MB')
    chunks.push(chunk)
  }
  return {
    method: req.method ?? 'GET',
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? [] : [...new URLSearchParams(target.slice(mark + 1))],
    headers: req.headers,
    body: Buffer.concat(chunks).toString('utf8'),
    at,
  }
}

/** The first value of a parameter; duplicates after it are recorded and ignored. `''` if absent. */
export function parameter(call: RecordedCall, name: string): string {
  return call.query.find(([key]) => key === name)?.[1] ?? ''
}

const SECRET = /secret|access_token/i
const SECRET_IN_BODY = /((?:secret|access_token)["']?\s*[:=]\s*["']?)[^"'&\s,}]+/gi

/** A copy that may be shown: AppSecrets and access_tokens in the query and the body are replaced. */
export function redact(call: RecordedCall): RecordedCall {
  return {
    ...call,
    query: call.query.map(([name, value]) => [name, SECRET.test(name) ? '[redacted]' : value]),
    body: call.body.replace(SECRET_IN_BODY, '$1[redacted]'),
  }
}
