import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createLog, isoTime, jsonLine } from '../src/log'

const capture = (format: 'dev' | 'json', secrets: string[] = []) => {
  const lines: string[] = []
  const log = createLog({ format, secrets, now: () => 0, write: line => void lines.push(line) })
  return { log, lines }
}

test('JSON lines hold time, level, event, the fields and the process that wrote them', () => {
  const { log, lines } = capture('json')
  log.warn('event', { a: 1, b: 'two', c: undefined, d: null })
  expect(JSON.parse(String(lines[0]))).toEqual({
    time: '1970-01-01T00:00:00.000Z',
    level: 'warn',
    event: 'event',
    a: 1,
    b: 'two',
    d: null,
    pid: process.pid,
  })
})

test.each(['dev', 'json'] as const)('no value can break a %s line in two or colour it', format => {
  const { log, lines } = capture(format)
  log.error('event', { hostile: 'a\nb\rc\u2028d\u0085e\u001b[31mf"g\\' })
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
})

test('a time is written as toISOString writes it, whichever was written before', () => {
  const times = [
    0, 1, 99, 999, 1000, 59_999, 1_767_323_045_067, 1_767_323_045_999, 1_767_323_046_000,
  ]
  for (const time of [...times, ...times.toReversed(), 5.9, -1, -1500]) {
    expect(isoTime(time)).toBe(new Date(Math.floor(time)).toISOString())
  }
  expect(() => isoTime(Number.NaN)).toThrow(RangeError)
})

test('what was escaped reads back as it was', () => {
  const value = 'a\nb\u2028c\u0000\u007f"\\'
  expect(JSON.parse(jsonLine({ value }))).toEqual({ value, pid: process.pid })
})

test.each(['dev', 'json'] as const)(
  'a known secret is redacted wherever it turns up (%s)',
  format => {
    const { log, lines } = capture(format, ['s3cr3t-canary'])
    log.error('crash', { stack: 'Error: at x?secret=s3cr3t-canary&y (s3cr3t-canary)' })
    expect(lines[0]).not.toContain('s3cr3t-canary')
    expect(lines[0]).toContain('[redacted]')
  },
)

test('a secret with characters that JSON escapes is redacted, too', () => {
  const secret = 'a"b\\c-canary'
  const { log, lines } = capture('json', [secret])
  log.error('crash', { stack: `with ${secret} in it` })
  expect(lines[0]).not.toContain('canary')
})

test('a library that was given no log writes JSON lines of every level to standard error alone', () => {
  const script = `const { createStderrLog } = require('${join(__dirname, '../dist/log.js')}')
    const log = createStderrLog(['s3cr3t-canary'])
    for (const level of ['info', 'warn', 'error']) log[level]('event', { text: 's3cr3t-canary' })`
  const { stdout, stderr: text } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' })
  expect(stdout).toBe('')
  const lines = text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(lines.map(({ level, text }) => [level, text])).toEqual(
    ['info', 'warn', 'error'].map(level => [level, '[redacted]']),
  )
})
