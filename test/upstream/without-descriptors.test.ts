import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const HOOK = join(__dirname, '../support/typescript-hook.js')

/**
 * Takes every descriptor, then asks a host whose address needs no look-up: such a connection fails
 * before the request hears of its socket, and that socket is not connecting any more.
 */
const PROGRAM = `
const { openSync } = require('node:fs')
const { createUpstreamClient } = require('./src/upstream/client')
const { PATIENCE } = require('./src/patience')
const client = createUpstreamClient({ baseUrl: process.argv[1], timeoutMs: 5000, patience: PATIENCE })
const ask = () => client.get('/x', { query: {} }).then(() => 'answered', error => error)
ask().then(async () => {
  try { for (;;) openSync('/dev/null') } catch {}
  const { kind, sent, reason } = await ask()
  process.stdout.write(JSON.stringify({ kind, sent, reason }))
  process.exit()
})`

test.each(['http://127.0.0.1:9', 'https://127.0.0.1:9'])(
  'no descriptor is left to ask %s: unavailable, and surely not sent',
  baseUrl => {
    const command = `ulimit -n 64 && exec "$0" -r "${HOOK}" -e "$1" "$2"`
    const { stdout, stderr } = spawnSync(
      '/bin/sh',
      ['-c', command, process.execPath, PROGRAM, baseUrl],
      {
        cwd: join(__dirname, '../..'),
        encoding: 'utf8',
      },
    )
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ kind: 'unavailable', sent: false, reason: 'EMFILE' })
  },
)
