import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog, createStdoutSink, jsonLine } from '../src/log'

const capture = (format: 'dev' | 'json', secrets: string[] = []) => {
  const lines: string[] = []
  const log = createLog({ format, secrets, now: () => 0, write: line => void lines.push(line) })
  return { log, lines }
}

test('JSON lines hold time, level, event and the fields', () => {
  const { log, lines } = capture('json')
  log.warn('event', { a: 1, b: 'two', c: undefined, d: null })
  expect(JSON.parse(String(lines[0]))).toEqual({
    time: '1970-01-01T00:00:00.000Z',
    level: 'warn',
    event: 'event',
    a: 1,
    b: 'two',
    d: null,
  })
})

test.each(['dev', 'json'] as const)('no value can break a %s line in two or colour it', format => {
  const { log, lines } = capture(format)
  log.error('event', { hostile: 'a\nb\rc\u2028d\u0085e\u001b[31mf"g\\' })
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
})

test('what was escaped reads back as it was', () => {
  const value = 'a\nb\u2028c\u0000\u007f"\\'
  expect(JSON.parse(jsonLine({ value }))).toEqual({ value })
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

describe('the sink', () => {
  const folder = mkdtempSync(join(tmpdir(), 'miniprogram-login-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('has written everything once it was flushed', async () => {
    const file = join(folder, 'out.log')
    const fd = openSync(file, 'w')
    const sink = createStdoutSink(fd)
    for (let i = 0; i < 1000; i++) sink.write(`line ${i}`)
    await sink.flush()
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(1000)
    expect(sink.dropped).toBe(0)
    closeSync(fd)
  })

  test('that cannot be written to neither throws nor ends the process', async () => {
    const sink = createStdoutSink(openSync(__filename, 'r'))
    for (let i = 0; i < 10; i++) {
      sink.write('lost')
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    await expect(sink.flush()).resolves.toBeUndefined()
    expect(sink.dropped).toBeGreaterThan(0)
  })
})
