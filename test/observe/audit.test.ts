import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { ERRORS, type ErrorCode } from '../../src/errors'
import { createEvents, type LoginEvent, type LoginEventType } from '../../src/events'
import type { LogFields } from '../../src/log'
import { startAudit } from '../../src/observe/audit'
import { EXAMPLES } from './examples'

interface Line {
  readonly level: string
  readonly event: string
  readonly fields: LogFields
}

/** The line that an event leaves. */
function lineOf(event: LoginEvent): Line {
  const lines: Line[] = []
  const write =
    (level: string) =>
    (event: string, fields: LogFields = {}) =>
      void lines.push({ level, event, fields })
  const events = createEvents()
  startAudit(events, { info: write('info'), warn: write('warn'), error: write('error') })
  events.tell(event)
  expect(lines).toHaveLength(1)
  return lines[0] as Line
}
const TYPES = Object.keys(EXAMPLES) as LoginEventType[]
const ORDER = [
  ...['outcome', 'error', 'reason', 'request_id', 'appid', 'user', 'session', 'ip'],
  ...['wx_errcode', 'wx_rid', 'duration_ms'],
]

test.each(TYPES)('%s is one line, its fields in the order of the contract', type => {
  const { event, fields } = lineOf(EXAMPLES[type])
  expect(event).toBe(type)
  const names = Object.keys(fields)
  const known = names.filter(name => ORDER.includes(name))
  expect(known).toEqual(ORDER.filter(name => names.includes(name)))
  expect(names.slice(0, known.length)).toEqual(known)
  for (const name of names) expect(name).toMatch(/^[a-z][a-z_]*$/)
})

test('a session is named by its first 8 characters, and a time by tenths of a millisecond', () => {
  const event = { ...EXAMPLES['login.succeeded'], durationMs: 58.4499 }
  const { fields } = lineOf(event)
  expect(fields).toMatchObject({ session: 'h3Kq8Zt1', duration_ms: 58.4 })
  expect(JSON.stringify(fields)).not.toContain(event.sessionId)
})

test('what an event does not know is no field of its line', () => {
  const { fields } = lineOf({ type: 'token.refused', error: 'token_invalid', userId: undefined })
  expect(fields).toEqual({ outcome: 'refused', error: 'token_invalid' })
})

test('a list of request ids is one text', () => {
  const { fields } = lineOf({ ...EXAMPLES['login.succeeded'], sharedBy: ['one', 'two'] })
  expect(fields.shared_by).toBe('one,two')
})

test.each([
  ['data.opened', undefined, 'success', 'info'],
  ['data.opened', 'session_key_stale', 'refused', 'info'],
  ['data.opened', 'store_unavailable', 'failed', 'warn'],
  ['token.refused', 'token_invalid', 'refused', 'info'],
  ['token.refused', 'store_unavailable', 'failed', 'warn'],
  ['login.failed', 'wechat_timeout', 'failed', 'warn'],
  ['login.refused', 'code_used', 'refused', 'info'],
  ['wechat.refused', 'code_invalid', 'refused', 'warn'],
  ['wechat.refused', 'misconfigured', 'refused', 'error'],
] as const)('%s with error %s is %s, at level %s', (type, error, outcome, level) => {
  const line = lineOf({ ...EXAMPLES[type], error } as LoginEvent)
  expect([line.fields.outcome, line.level]).toEqual([outcome, level])
})

test('a store that only the operator can bring back is an error, one that may come back a warning', () => {
  const lost = { type: 'store.lost', setting: 'DATABASE_URL', reason: 'timeout' } as const
  expect(lineOf(lost).level).toBe('warn')
  expect(lineOf({ ...lost, fix: 'free space' }).level).toBe('error')
})

test('WeChat that cannot be asked is a warning, and an error where only the operator can change it', () => {
  const untrusted = EXAMPLES['wechat.unreachable']
  expect(lineOf(untrusted)).toMatchObject({ level: 'error', fields: { outcome: 'failed' } })
  expect(lineOf({ ...untrusted, fix: undefined } as LoginEvent).level).toBe('warn')
})

test('every error of this service has an outcome, and a success has no error', () => {
  const codes = fc.constantFrom(...(Object.keys(ERRORS) as ErrorCode[]))
  fc.assert(
    fc.property(codes, error => {
      const { fields, level } = lineOf({ ...EXAMPLES['phone.shared'], error })
      expect(fields.outcome).toBe(level === 'warn' ? 'failed' : 'refused')
      // Whatever only the operator, WeChat or time can mend decides nothing about who asked.
      expect(fields.outcome === 'failed').toBe(ERRORS[error].status >= 500)
    }),
  )
})

test('the audit hears nothing more once it is stopped', () => {
  const events = createEvents()
  const info = jest.fn()
  const stop = startAudit(events, { info, warn: info, error: info })
  stop()
  events.tell(EXAMPLES['store.back'])
  expect(info).not.toHaveBeenCalled()
})

describe('docs/events.md', () => {
  const text = readFileSync(join(__dirname, '../../docs/events.md'), 'utf8')
  const rows = [...text.matchAll(/^\| `([a-z_]+\.[a-z_]+)` \|(.+)\|$/gm)].map(([, type, row]) => {
    const [level = '', outcome = '', , fields = ''] = String(row).split('|')
    const list = (cell: string) => cell.trim().split(', ')
    const names = [...fields.matchAll(/`(\w+)`/g)].map(([, name]) => name)
    return { type, levels: list(level), outcomes: list(outcome), names }
  })
  const [, block = ''] = /```json\n([\s\S]*?)```/.exec(text) ?? []
  const lines: Record<string, unknown>[] = block
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))

  test('has a row and a line for each event of events.ts, and for no other', () => {
    const source = readFileSync(join(__dirname, '../../src/events.ts'), 'utf8')
    const types = [...source.matchAll(/type: '([\w.]+)'/g)].map(([, type]) => type)
    expect(TYPES).toEqual(types)
    expect(rows.map(({ type }) => type)).toEqual(types)
    expect(lines.map(({ event }) => event)).toEqual(types)
  })

  test.each(TYPES)('names the fields, the level and the outcome of %s', type => {
    const row = rows.find(each => each.type === type)
    const { level, fields } = lineOf(EXAMPLES[type])
    const everywhere = ['outcome', 'request_id', 'ip']
    expect(row?.names).toEqual(Object.keys(fields).filter(name => !everywhere.includes(name)))
    expect(row?.levels).toContain(level)
    expect(row?.outcomes).toContain(fields.outcome)
  })

  test.each(TYPES)('shows a line that %s could leave', type => {
    const { time, level, event, pid, ...shown } = lines.find(each => each.event === type) ?? {}
    expect([Number.isNaN(Date.parse(String(time))), event, typeof pid]).toEqual([
      ...[false, type, 'number'],
    ])
    const possible = Object.keys(lineOf(EXAMPLES[type]).fields)
    expect(Object.keys(shown)).toEqual(possible.filter(name => name in shown))
    const row = rows.find(each => each.type === type)
    expect(row?.levels).toContain(level)
    expect(row?.outcomes).toContain(shown.outcome)
  })
})
