import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Fault } from './fault'

/** A request as it reached the simulator, and how the simulator answered it. */
export interface RecordedCall<Name extends string = string> {
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** Decoded, in the order sent, with every duplicate. */
  readonly query: readonly (readonly [name: string, value: string])[]
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** When the request arrived, by the simulator's clock, ms. */
  readonly at: number
  /** The errcode of the answer, if the answer was a refusal. */
  errcode?: number
  /** The fault that struck this call, if one did. */
  fault?: Fault<Name>
}

const MAX_BODY_BYTES = 1024 * 1024

/**
 * Reads the request to its end.
 * @throws Error when the caller goes away before that, or sends more than 1 MB
 */
export async function readCall(req: IncomingMessage, at: number): Promise<RecordedCall<never>> {
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

/** The first value of a query parameter; later duplicates are ignored. `''` if it is absent. */
export function parameter(call: RecordedCall, name: string): string {
  return call.query.find(([key]) => key === name)?.[1] ?? ''
}

/** The JSON object in the call's body, or `undefined` if the body is anything else. */
export function jsonBody(call: RecordedCall): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(call.body)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/**
 * A copy that may be shown: the values of secret fields are replaced, in the query and in the body.
 * @param secrets parts of field names, e.g. `secret`, which also hides `appsecret` and `SECRET`
 */
export function redact(call: RecordedCall, secrets: readonly string[]): RecordedCall {
  const names = secrets.join('|')
  const inName = new RegExp(names, 'i')
  const inBody = new RegExp(`((?:${names})["']?\\s*[:=]\\s*["']?)[^"'&\\s,}]+`, 'gi')
  return {
    ...call,
    query: call.query.map(([name, value]) => [name, inName.test(name) ? '[redacted]' : value]),
    body: call.body.replace(inBody, '$1[redacted]'),
  }
}
