import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const SIGNALS = join(__dirname, '../../dist/server/signals.js')

/** Runs a script until it ends. It may say `ready`, and then gets the signals. */
async function run(script: string, signals: NodeJS.Signals[]) {
  const source = `const { onFault, onSignals } = require(${JSON.stringify(SIGNALS)})
    const log = { error: (event, fields) => console.log(event, fields.stack.split('\\n')[0]) }
    const end = code => setTimeout(() => process.exit(code), 20)
    const wait = setInterval(() => {}, 1000)
    ${script}
    console.log('ready')`
  const child = spawn(process.execPath, ['-e', source])
  const ended = once(child, 'exit')
  let output = ''
  for await (const chunk of child.stdout) {
    output += chunk
    const next = signals.shift()
    if (next) child.kill(next)
  }
  const [code] = await ended
  return { code, output }
}

test('the first signal asks to stop, by its name', async () => {
  const script = `onSignals(['SIGTERM', 'SIGINT'], signal => { console.log('stop', signal); end(0) })`
  expect(await run(script, ['SIGINT'])).toEqual({ code: 0, output: 'ready\nstop SIGINT\n' })
})

test('a second signal ends the process with 1, though the first is still being obeyed', async () => {
  const script = `onSignals(['SIGTERM'], () => console.log('stop'))`
  const { code, output } = await run(script, ['SIGTERM', 'SIGTERM'])
  expect({ code, output }).toEqual({ code: 1, output: 'ready\nstop\n' })
})

test.each([
  ['exception', `setImmediate(() => { throw new Error('fault') })`],
  ['rejection', `void Promise.reject(new Error('fault'))`],
  ['rejection that is no error', `void Promise.reject('Error: fault')`],
])('an uncaught %s is told, and asks to stop', async (_what, fault) => {
  const script = `onFault(log, () => end(7)); ${fault}`
  const { code, output } = await run(script, [])
  expect(code).toBe(7)
  expect(output).toContain('crash Error: fault')
})
