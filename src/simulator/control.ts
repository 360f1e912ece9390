import type { ServerResponse } from 'node:http'

import { type RecordedCall, redact } from './call'
import type { FaultOptions } from './fault-queue'
import type { Fault } from './faults'

/** Where the control routes live; no path of WeChat begins like this. */
export const CONTROL_PREFIX = '/simulator/'

/** What a program in another language may do with the simulator. */
export interface Controls {
  mintCode(options: { appid?: string; user?: string }): string
  fail(fault: Fault, options: FaultOptions): void
  reset(): void
  readonly calls: readonly RecordedCall[]
}

type Body = Readonly<Record<string, unknown>>
type Route = (body: Body, controls: Controls) => unknown

const ROUTES: Readonly<Record<string, Route>> = {
  'POST /simulator/codes': ({ appid, user }, controls) => ({
    code: controls.mintCode({
      ...(appid !== undefined && { appid: text('appid', appid) }),
      ...(user !== undefined && { user: text('user', user) }),
    }),
  }),
  'GET /simulator/calls': (_body, controls) => ({ calls: controls.calls.map(redact) }),
  'POST /simulator/faults': ({ times, path, ...fault }, controls) => {
    // `fail` checks what it is given; JSON has no Infinity, so the word stands for it.
    controls.fail(fault as unknown as Fault, {
      ...(times !== undefined && { times: times === 'Infinity' ? Infinity : (times as number) }),
      ...(path !== undefined && { path: path as string }),
    })
    return { ok: true }
  },
  'POST /simulator/reset': (_body, controls) => {
    controls.reset()
    return { ok: true }
  },
}

/** Answers one call of a control route: 200, 400 with a reason, or 404, always as JSON. */
export function answerControl(call: RecordedCall, res: ServerResponse, controls: Controls): void {
  const name = `${call.method} ${call.path}`
  const route = Object.hasOwn(ROUTES, name) ? ROUTES[name] : undefined
  if (route === undefined) {
    const names = Object.keys(ROUTES).join(', ')
    reply(res, 404, { error: `no such route; there are: ${names}` })
    return
  }
  try {
    reply(res, 200, route(parse(call.body), controls))
  } catch (error) {
    reply(res, 400, { error: error instanceof Error ? error.message : String(error) })
  }
}

function parse(body: string): Body {
  if (body.trim() === '') return {}
  const value: unknown = JSON.parse(body)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('the body must be a JSON object')
  }
  return value as Body
}

function text(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`"${name}" must be a string`)
  return value
}

function reply(res: ServerResponse, status: number, body: unknown): void {
  const json = JSON.stringify(body)
  res.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(json),
  })
  res.end(json)
}
