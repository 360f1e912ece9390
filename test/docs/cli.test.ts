import { execFile, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { createProgram, runCommandLine } from '../../src/cli/program'
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
let port = ''
let userId = ''
const env = { PATH: `${bin}:${process.env.PATH}`, TEST_PATIENCE: JSON.stringify(STRETCHED) }

/** Runs a line of the document as a person would, both streams in the order in which they came. */
function run(command: string): Promise<string> {
  const script = `${command.replaceAll('<id>', userId)} 2>&1`
  return new Promise(resolve => {
    execFile('bash', ['-c', script], { cwd: work, env }, (_error, stdout) => resolve(stdout))
  })
}

/** What is not over by itself: the document shows where Ctrl+C was pressed. */
const CTRL_C = '^C\n'

/** Runs such a line until it has printed what the document shows, then ends it by Ctrl+C. */
async function runUntilCtrlC(command: string, shown: string): Promise<string> {
  const child = spawn('bash', ['-c', `exec ${command} 2>&1`], { cwd: work, env })
  const ended = new Promise(resolve => child.once('exit', resolve))
  let printed = ''
  child.stdout.on('data', chunk => (printed += String(chunk)))
  const wanted = masked(shown.slice(0, shown.indexOf(CTRL_C)))
  while (masked(printed).length < wanted.length && child.exitCode === null) await sleep(20)
  const before = printed
  child.kill('SIGINT')
  await ended
  return `${before}${CTRL_C}${printed.slice(before.length)}`
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
      .replace(/^\d\d:\d\d:\d\d /gm, '<time> ')
      .replace(/version=\S+/g, 'version=<version>')
      .replace(/node=v\S+/g, 'node=<version>')
      // What a slow machine says of long work.
      .replace(/^(data_keys|users|sessions): \d+ \/ \d+\n/gm, '')
      .replace(/^(<time> )?warn event_loop_late .*\n/gm, '')
      .replace(/sqlite 3\.[\d.]+/g, 'sqlite <version>')
  )
}

/** What the document's reader does between two commands. */
async function before(command: string): Promise<void> {
  if (command === 'miniprogram-login dev') {
    port = String(await freePort())
    const file = join(work, '.env')
    writeFileSync(file, readFileSync(file, 'utf8').replace('# PORT=3000', `PORT=${port}`))
  }
  if (command === 'miniprogram-login doctor') {
    server = await startServer({ PORT: port }, work)
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

const HELP = ' --help'
const helps = blocks.filter(({ command }) => command.endsWith(HELP))
const outputs = blocks.filter(({ command }) => !command.endsWith(HELP))

/** Every command of the program, with its words before it: `users`, `users list`. */
function commandsOf({ commands }: Command, above = ''): string[] {
  return commands.flatMap(command => {
    const name = above + command.name()
    return [name, ...commandsOf(command, `${name} `)]
  })
}

const silent = {
  print() {},
  say() {},
  isInteractive: false,
  hasColours: false,
  ask: async () => '',
}
const program = createProgram({ terminal: silent, end() {} })
const names = commandsOf(program)

test('docs/cli.md has the help of every command, once', () => {
  expect(names.length).toBeGreaterThan(20)
  const shown = helps.map(({ command }) => command.slice('miniprogram-login '.length))
  expect(shown.sort()).toEqual(['--help', ...names.map(name => name + HELP)].sort())
})

test('docs/cli.md has an output of every command that is not a family of commands', () => {
  const single = names.filter(name => !names.some(other => other.startsWith(`${name} `)))
  const missing = single.filter(
    name => !outputs.some(({ command }) => `${command} `.startsWith(`miniprogram-login ${name} `)),
  )
  expect(missing).toEqual([])
})

/** In this process: a program of its own for each command takes a minute. Both streams in their order. */
async function runHere(command: string): Promise<string> {
  const printed: string[] = []
  const note = (text: string) => void printed.push(`${text}\n`)
  const [, ...args] = command.replaceAll('<id>', userId).match(/"[^"]*"|\S+/g) ?? []
  const words = args.map(word => word.replaceAll('"', ''))
  const [back, { NODE_ENV }] = [process.cwd(), process.env]
  process.chdir(work)
  // Jest's own, which a person's shell does not have.
  delete process.env.NODE_ENV
  try {
    await runCommandLine(words, { ...silent, print: note, say: note })
  } finally {
    process.chdir(back)
    process.env.NODE_ENV = NODE_ENV
  }
  return printed.join('')
}

/** These run as programs: what is made first, what serves or looks at what serves, and one that reads. */
const PROGRAMS = /^miniprogram-login (init|dev|start|simulator|doctor|users list)\b/

const helpOf = (command: string) =>
  // It is another program's, which prints by itself.
  command === 'miniprogram-login simulator --help' ? run(command) : runHere(command)

test('every help of docs/cli.md is what its command prints', async () => {
  for (const { command, output } of helps) {
    expect({ command, output: await helpOf(command) }).toEqual({ command, output })
  }
})

// Half a dozen programs and some servers one after another: a busy machine takes its time.
test('every output of docs/cli.md is what its command prints', async () => {
  for (const { command, output } of outputs) {
    await before(command)
    const isOver = !output.includes(CTRL_C)
    const runIt = PROGRAMS.test(command) ? run : runHere
    const printed = await (isOver ? runIt(command) : runUntilCtrlC(command, output))
    expect({ command, output: masked(printed) }).toEqual({ command, output: masked(output) })
  }
}, 600_000)
