import { z } from 'zod'
import { ERRORS, type ErrorCode } from '../../src/errors'
import { createEvents, type LoginEvent } from '../../src/events'
import type { LogFields } from '../../src/log'
import { startAudit } from '../../src/observe/audit'
import { EXAMPLES } from '../observe/examples'

export interface LogLine {
  readonly level: string
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** How each value looks. An openid, a code or a token is longer, and fits no field. */
const FIELDS: Readonly<Record<string, z.ZodType>> = {
  outcome: z.enum(['success', 'refused', 'failed']),
  error: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
  reason: z.string().regex(/^[A-Za-z0-9_ :,.()-]{1,80}$/),
  request_id: z.string().regex(/^[\w.-]{8,64}$/),
  appid: z.string().regex(/^wx[0-9a-z]{6,32}$/),
  user: z.string().regex(/^[\w-]{22}$/),
  session: z.string().regex(/^[\w-]{8}$/),
  ip: z.union([z.ipv4(), z.ipv6(), z.literal('')]),
  wx_errcode: z.int(),
  wx_rid: z.string().regex(/^[\w-]{1,64}$/),
  duration_ms: z.number().nonnegative(),
}
const OTHER = z.union([z.string(), z.number(), z.boolean()])

/** What a line must say, beside its outcome. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'login.succeeded': ['appid', 'user', 'session', 'duration_ms', 'is_new_user'],
  'login.refused': ['error', 'duration_ms'],
  'login.failed': ['error', 'duration_ms'],
  'token.refused': ['error'],
  'session.ended': ['reason', 'user', 'session'],
  'phone.shared': ['appid', 'user', 'session', 'duration_ms'],
  'data.opened': ['appid', 'user', 'session', 'duration_ms'],
  'store.lost': ['setting', 'reason'],
}

const ENDS = ['logout', 'evicted', 'disabled', 'erased', 'expired']
/** Why a session is over for a token of it, where no event told its end. */
const OVER = [...ENDS, 'unknown', 'sealing_key_gone', 'row_disagrees', 'user_gone']

/** The names that an event's line can have, as the audit itself writes them. */
function namesOf(event: LoginEvent): string[] {
  const names: string[] = []
  const write = (_event: string, fields: LogFields = {}) => void names.push(...Object.keys(fields))
  const events = createEvents()
  startAudit(events, { info: write, warn: write, error: write })
  events.tell(event)
  return names
}

const SCHEMAS = new Map(
  Object.entries(EXAMPLES).map(([type, example]) => {
    const required = ['outcome', ...(REQUIRED[type] ?? [])]
    const shape = namesOf(example).map(name => {
      const field = FIELDS[name] ?? OTHER
      return [name, required.includes(name) ? field : field.optional()] as const
    })
    return [type, z.strictObject(Object.fromEntries(shape))]
  }),
)

export function isAuditLine({ event }: LogLine): boolean {
  return SCHEMAS.has(event)
}

/** What is wrong with a line of the audit; undefined for one that is right, and for any other line. */
export function problemWithAuditLine({ event, fields }: LogLine): string | undefined {
  const schema = SCHEMAS.get(event)
  if (schema === undefined) return undefined
  const { error } = schema.safeParse(fields)
  if (error) return `${event}: ${z.prettifyError(error)} in ${JSON.stringify(fields)}`
  const { reason, user } = fields
  const isEnd = ENDS.includes(String(reason))
  if (event === 'session.ended' && !isEnd) return `session.ended says ${reason}`
  const saysWhy = OVER.includes(String(reason))
  if (event === 'token.refused' && fields.error === 'session_ended' && !(saysWhy && user)) {
    return `token.refused of a session that ended says ${reason} of ${user}`
  }
  return undefined
}
