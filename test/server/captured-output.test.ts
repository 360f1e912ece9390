import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const at = (file: string) => JSON.stringify(join(__dirname, '../../dist', file))

/** A process whose output is captured, and what it wrote on both streams, line by line. */
function linesOf(program: string, before = ''): Record<string, unknown>[] {
  const script = `
    ${before}
    const { captureOutput } = require(${at('server/captured-output.js')})
    const { createLog } = require(${at('log.js')})
    const output = captureOutput()
    const write = line => process.stdout.write(line + '\\n')
    const log = createLog({ format: 'json', secrets: ['pa55word'], write })
    ${program}`
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
    cwd: join(__dirname, '../..'),
    encoding: 'utf8',
  })
  return `${stdout}${stderr}`
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
}

test('a warning of Node’s or of a driver is one line of the log, before the log is there, too', () => {
  const [early, late, ...more] = linesOf(`
    process.emitWarning('of the past', 'DeprecationWarning', 'DEP0123')
    setTimeout(() => {
      output.tellTo(log)
      process.emitWarning('two\\nlines')
    }, 10)`)
  expect(early).toMatchObject({
    ...{ level: 'warn', event: 'node_warning' },
    ...{ name: 'DeprecationWarning', code: 'DEP0123', message: 'of the past' },
  })
  expect(late).toMatchObject({ event: 'node_warning', name: 'Warning', message: 'two\nlines' })
  expect(more).toEqual([])
})

test('a listener of warnings that was there before, such as an agent’s, hears them as ever', () => {
  const lines = linesOf(
    `output.tellTo(log)
    process.emitWarning('for both')`,
    `process.on('warning', ({ message }) => process.stdout.write(JSON.stringify({ message }) + '\\n'))`,
  )
  expect(lines).toEqual([
    { message: 'for both' },
    expect.objectContaining({ event: 'node_warning', message: 'for both' }),
  ])
})

test('what mysql2 says about an option that it does not know is a line of the log', () => {
  const lines = linesOf(`
    output.tellTo(log)
    require('mysql2').createPool({ host: '127.0.0.1', port: 1, nonsense: 1 })`)
  expect(lines).toEqual([
    expect.objectContaining({ event: 'printed', text: expect.stringContaining('nonsense') }),
  ])
})

test('a secret in what a driver prints is redacted', () => {
  const [line] = linesOf(`
    output.tellTo(log)
    console.error('connected with %s', 'pa55word')`)
  expect(line).toMatchObject({ level: 'warn', text: 'connected with [redacted]' })
})

test('that SQLite is new in Node is told nowhere', () => {
  const lines = linesOf(`
    output.tellTo(log)
    const said = 'SQLite is an experimental feature and might change at any time'
    process.emitWarning(said, 'ExperimentalWarning')
    process.emitWarning('the fox', 'ExperimentalWarning')`)
  expect(lines).toEqual([expect.objectContaining({ message: 'the fox' })])
})
