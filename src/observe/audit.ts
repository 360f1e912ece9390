import { type Events, isUndecided, type LoginEvent } from '../events'
import type { Log, LogFields } from '../log'

/** Enough of a session id to tell a user's sessions apart, and too little to find one in the store. */
const SHOWN_OF_SESSION = 8

type Level = 'info' | 'warn' | 'error'
type Outcome = 'success' | 'refused' | 'failed'
type Value = string | number | boolean | null | undefined

/**
 * Writes a line for each decision about who somebody is, and for each change of what the service
 * depends on. docs/events.md lists the fields, whose names and order are those of the contract.
 */
export function startAudit(events: Events, log: Log): () => void {
  return events.listen(event => log[levelOf(event)](event.type, fieldsOf(event)))
}

/** Fields of an event that have a place and a name of their own in a line, in this order. */
const NAMES: Readonly<Record<string, string>> = {
  error: 'error',
  reason: 'reason',
  requestId: 'request_id',
  appid: 'appid',
  userId: 'user',
  sessionId: 'session',
  ip: 'ip',
  wxErrcode: 'wx_errcode',
  wxRid: 'wx_rid',
  durationMs: 'duration_ms',
}
const IN_ORDER = Object.entries(NAMES)

/**
 * The fields of a line, but for time, level, event and pid, which the log itself adds. Any other
 * field of an event follows under its own name in snake_case.
 */
function fieldsOf(event: LoginEvent): LogFields {
  const given = event as Readonly<Partial<Record<string, Value | readonly string[]>>>
  const fields: Record<string, Value> = { outcome: outcomeOf(event) }
  for (const [name, shown] of IN_ORDER) {
    if (given[name] !== undefined) fields[shown] = shownAs(name, given[name])
  }
  for (const name in given) {
    if (name === 'type' || name in NAMES || given[name] === undefined) continue
    fields[snakeCase(name)] = shownAs(name, given[name])
  }
  return fields
}

function shownAs(name: string, value: Value | readonly string[]): Value {
  if (typeof value === 'object' && value !== null) return value.join(',')
  if (name === 'sessionId') return String(value).slice(0, SHOWN_OF_SESSION)
  return name === 'durationMs' ? Math.round(Number(value) * 10) / 10 : value
}

const snakeCased = new Map<string, string>()

function snakeCase(name: string): string {
  const known = snakeCased.get(name)
  if (known !== undefined) return known
  const text = name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
  snakeCased.set(name, text)
  return text
}

/** `refused`: somebody said no. `failed`: it could not be decided. */
function outcomeOf(event: LoginEvent): Outcome {
  switch (event.type) {
    case 'login.refused':
    case 'wechat.refused':
      return 'refused'
    case 'login.failed':
    case 'wechat.unreachable':
    case 'store.lost':
    case 'hook.failed':
      return 'failed'
    default:
      if (!('error' in event) || event.error === undefined) return 'success'
      return isUndecided(event.error) ? 'failed' : 'refused'
  }
}

/**
 * `error` waits for the operator. `warn` may pass by itself. A refusal is neither: it is what the
 * service is there for.
 */
function levelOf(event: LoginEvent): Level {
  if (event.type === 'store.lost' || event.type === 'wechat.unreachable') {
    return event.fix === undefined ? 'warn' : 'error'
  }
  if (event.type === 'wechat.refused') return event.error === 'misconfigured' ? 'error' : 'warn'
  return outcomeOf(event) === 'failed' ? 'warn' : 'info'
}
