import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

test('a reader that closes the pipe early is no failure', async () => {
  const terminal = join(__dirname, '../../dist/cli/terminal.js')
  const script = `const t = require('${terminal}').createTerminal()
    for (let i = 0; i < 1e5; i++) t.print('x'.repeat(100))`
  const pipe = `set -o pipefail; '${process.execPath}' -e "$SCRIPT" | head -1 | wc -c`
  const env = { PATH: process.env.PATH, SCRIPT: script }
  const { stdout } = await promisify(execFile)('bash', ['-c', pipe], { env })
  expect(stdout.trim()).toBe('101')
})
