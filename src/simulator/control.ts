import type { ServerResponse } from 'node:http'

import type { RecordedCall } from './call'
import { CONTROL_ROUTES } from './control-routes'
import { jsonObject } from './json-post'
import type { Simulator } from './simulator'

/** Where the control routes live; no path of WeChat begins like this. */
export const CONTROL_PREFIX = '/simulator/'

/** Answers one call of a control route: 200, 400 with a reason, or 404, always as JSON. */
export function answerControl(call: RecordedCall, res: ServerResponse, simulator: Simulator): void {
  const name = `${call.method} ${call.path}`
  const route = Object.hasOwn(CONTROL_ROUTES, name) ? CONTROL_ROUTES[name] : undefined
  if (route === undefined) {
    const names = Object.keys(CONTROL_ROUTES).join(', ')
    reply(res, 404, { error: `no such route; there are: ${names}` })
    return
  }
  try {
    const body = call.body.trim() === '' ? {} : jsonObject(call.body)
    if (body === undefined) throw new TypeError('the body must be a JSON object')
    reply(res, 200, route(body, simulator))
  } catch (error) {
    reply(res, 400, { error: error instanceof Error ? error.message : String(error) })
  }
}

function reply(res: ServerResponse, status: number, body: unknown): void {
  const json = JSON.stringify(body)
  res.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(json),
  })
  res.end(json)
}
