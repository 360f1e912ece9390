import type { ServerResponse } from 'node:http'
import { jsonBody, type RecordedCall } from './call'

/** Where the control routes live. No path of a platform begins like this. */
const PREFIX = '/simulator/'

export type Body = Readonly<Record<string, unknown>>

/** `METHOD /path` -> what it does with the JSON of the request. It gives the JSON of the answer. */
export type ControlRoutes = Readonly<Record<string, (body: Body) => unknown>>

/** The same, as a table that does not yet know whom it controls. */
export type ControlTable<Subject> = Readonly<
  Record<string, (body: Body, subject: Subject) => unknown>
>

/** Ties a table to the object that it controls. */
export function bindRoutes<Subject>(table: ControlTable<Subject>, subject: Subject): ControlRoutes {
  return Object.fromEntries(
    Object.entries(table).map(([name, route]) => [name, (body: Body) => route(body, subject)]),
  )
}

export function isControl(call: RecordedCall): boolean {
  return call.path.startsWith(PREFIX)
}

/** Answers one call of a control route: 200, 400 with a reason, or 404, always as JSON. */
export function answerControl(
  call: RecordedCall,
  res: ServerResponse,
  routes: ControlRoutes,
): void {
  const name = `${call.method} ${call.path}`
  const route = Object.hasOwn(routes, name) ? routes[name] : undefined
  if (route === undefined) {
    reply(res, 404, { error: `no such route; there are: ${Object.keys(routes).join(', ')}` })
    return
  }
  try {
    const body = call.body.trim() === '' ? {} : jsonBody(call)
    if (body === undefined) throw new TypeError('the body must be a JSON object')
    // A route that has nothing to tell says that it did what it was asked.
    reply(res, 200, route(body) ?? { ok: true })
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
