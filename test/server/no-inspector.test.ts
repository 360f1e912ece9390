import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const FILE = join(__dirname, '../../dist/server/no-inspector.js')

test('SIGUSR1 opens no inspector: a signal shows nobody the secrets of the process', async () => {
  const script = `require(${JSON.stringify(FILE)})
    const inspector = require('node:inspector')
    setTimeout(() => console.log('inspector at', inspector.url()), 500)
    console.log('ready')`
  const child = spawn(process.execPath, ['--inspect-port=0', '-e', script])
  const ended = once(child, 'exit')
  let output = ''
  for await (const chunk of child.stdout) {
    if (output === '') child.kill('SIGUSR1')
    output += chunk
  }
  expect(await ended).toEqual([0, null])
  expect(output).toBe('ready\ninspector at undefined\n')
})

test('the program loads it before anything that takes time to load', () => {
  const main = readFileSync(join(__dirname, '../../src/server/main.ts'), 'utf8')
  expect(main.split('\n')[0]).toBe("import './no-inspector'")
})
