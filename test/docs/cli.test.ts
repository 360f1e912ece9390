import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../support/databases'
import { STRETCHED } from '../support/patience'
import { PRIVATE_KEY } from '../support/private-keys'
import { NODE_ARGUMENTS, type ServerProcess, startServer } from '../support/server-process'
import { temporaryFolder } from '../support/temporary'

const ROOT = join(__dirname, '../..')
const DOCUMENT = join(ROOT, 'docs/cli.md')
const blocks = [
  ...readFileSync(DOCUMENT, 'utf8').matchAll(/```console\n\$ (.*)\n([\s\S]*?)```/g),
].map(([, command = '', output = '']) => ({ command, output }))

const folder = temporaryFolder()
const bin = join(folder.path, 'bin')
const work = join(folder.path, 'work')
let server: ServerProcess | undefined
let userId = ''

/** Runs a line of the document as a person would, both streams in the order in which they came. */
function run(command: string): Promise<string> {
  const script = `${command.replaceAll('<id>', userId)} 2>&1`
  const env = { PATH: `${bin}:${process.env.PATH}`, TEST_PATIENCE: JSON.stringify(STRETCHED) }
  return new Promise(resolve => {
    execFile('bash', ['-c', script], { cwd: work, env }, (_error, stdout) => resolve(stdout))
  })
}

/** What is another one each time. */
function masked(text: string): string {
  return (
    text
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
      .replace(/(?<![\w-])[\w-]{22}(?![\w-])/g, '<id>')
      .replace(/session=[\w-]{8}/g, 'session=<short>')
      .replace(/SHA-256 [0-9a-f]{8}/g, 'SHA-256 <short>')
      .replace(/(<id> {2})[\w-]{12}(?= )/g, '$1<session>')
      .replace(/("id": ")[\w-]{12}"/g, '$1<session>"')
      .replace(/127\.0\.0\.1:\d+|PORT {2}\d+/g, '<port>')
      .replace(/\/\S+: \d+ MiB/g, '<disk>')
      .replace(/\/\S+\/login\.db/g, '<file>')
      // What a slow machine says of long work.
      .replace(/^(data_keys|users|sessions): \d+ \/ \d+\n/gm, '')
      .replace(/sqlite 3\.[\d.]+/g, 'sqlite <version>')
  )
}

/** What the document's reader does between two commands. */
async function before(command: string): Promise<void> {
  if (command === 'miniprogram-login doctor') {
    const port = await freePort()
    const env = join(work, '.env')
    writeFileSync(env, readFileSync(env, 'utf8').replace('# PORT=3000', `PORT=${port}`))
    server = await startServer({ PORT: String(port) }, work)
    userId = await logIn(server.url)
  }
  if (command.endsWith('--private-key')) {
    const env = join(work, '.env')
    const line = `JWT_PRIVATE_KEY="${PRIVATE_KEY.trim()}"\n`
    writeFileSync(env, `${readFileSync(env, 'utf8')}${line}`)
  }
  if (command.startsWith('miniprogram-login store copy') && server) await logIn(server.url, 'bob')
  if (command.startsWith('miniprogram-login scan')) {
    const secret = '5117a7ed5ec7e7005117a7ed5ec7e700'
    writeFileSync(
      join(work, 'miniprogram/app.js'),
      `App({\n  appSecret: '${secret}',\n  onLaunch() {\n    const { session_key } = this.login\n  },\n})\n`,
    )
  }
}

async function logIn(url: string, name = 'alice'): Promise<string> {
  const headers = { 'Content-Type': 'application/json' }
  const body = JSON.stringify({ code: `sim-${name}-1` })
  const login = await fetch(`${url}/login`, { method: 'POST', headers, body })
  const { token } = (await login.json()) as { token: string }
  const me = await fetch(`${url}/me`, { headers: { Authorization: `Bearer ${token}` } })
  return ((await me.json()) as { id: string }).id
}

beforeAll(() => {
  mkdirSync(bin)
  mkdirSync(work)
  const program = join(bin, 'miniprogram-login')
  writeFileSync(
    program,
    `#!/bin/sh\nexec "${process.execPath}" ${NODE_ARGUMENTS.join(' ')} "${ROOT}/dist/cli/main.js" "$@"\n`,
  )
  chmodSync(program, 0o755)
})
afterAll(async () => {
  await server?.stop()
  folder.remove()
})

test('docs/cli.md has every command', () => {
  const names = blocks.map(({ command }) => command.split(' ').slice(1, 3).join(' '))
  for (const name of ['--help', 'init', 'doctor', 'explain -1', 'users erase', 'keys rotate']) {
    expect(names).toContain(name)
  }
  expect(names).toEqual(
    expect.arrayContaining(['store copy', 'client miniprogram/utils', 'scan miniprogram']),
  )
})

// Some twenty programs one after another: a busy machine takes a minute, and may take longer.
test('every output of docs/cli.md is what its command prints', async () => {
  for (const { command, output } of blocks) {
    await before(command)
    const printed = await run(command)
    expect({ command, output: masked(printed) }).toEqual({ command, output: masked(output) })
  }
}, 400_000)
