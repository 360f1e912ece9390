import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { roleOf, SIMULATOR_URL } from '../../src/server/role'
import { JWT_SECRET, OTHER_APP } from '../support/service'
import { temporaryFolder } from '../support/temporary'

test('a process by itself is the first, one of ours a worker, and one of another cluster a guest', () => {
  expect(roleOf({}, false)).toBe('first')
  expect(roleOf({ [SIMULATOR_URL]: '' }, true)).toBe('worker')
  expect(roleOf({}, true)).toBe('guest')
})

const SERVER = join(__dirname, '../../dist/server/main.js')

/** A manager as PM2 is in its cluster mode: takes `process.stdout.write` over, and stops by SIGINT. */
const MANAGER = `
  const cluster = require('node:cluster')
  if (cluster.isPrimary) {
    cluster.setupPrimary({ silent: true })
    const worker = cluster.fork()
    const said = []
    worker.on('message', message => {
      said.push(message)
      if (message === 'ready') worker.process.kill('SIGINT')
    })
    worker.process.stderr.on('data', text => said.push({ text: String(text) }))
    worker.on('exit', (code, signal) => process.send({ code, signal, said }, () => process.exit()))
  } else {
    process.stdout.write = (line, done) => {
      if (line !== '') process.send({ line })
      if (typeof done === 'function') done()
    }
    require(${JSON.stringify(SERVER)})
  }
`

/** A cluster that takes what its worker writes by a pipe, and stops to read it. */
const DEAF_MANAGER = `
  const cluster = require('node:cluster')
  if (cluster.isPrimary) {
    cluster.setupPrimary({ silent: true })
    const worker = cluster.fork()
    const said = []
    let port
    worker.on('listening', address => (port = address.port))
    worker.on('message', async message => {
      if (message !== 'ready') return
      worker.process.stdout.destroy()
      for (let i = 0; i < 5; i++) {
        const ask = fetch('http://127.0.0.1:' + port + '/login', { method: 'POST' })
        said.push(await ask.then(({ status }) => String(status), () => 'cut'))
      }
      worker.process.kill('SIGTERM')
    })
    worker.on('exit', (code, signal) => process.send({ code, signal, said }, () => process.exit()))
  } else require(${JSON.stringify(SERVER)})
`

interface Outcome {
  readonly code: number | null
  readonly signal: string | null
  readonly said: (string | { line?: string; text?: string })[]
}

let manager: ChildProcess | undefined
// A server that ignores its manager's signal goes with the channel to it.
afterEach(() => manager?.kill('SIGKILL'))

async function manage(env: NodeJS.ProcessEnv, program = MANAGER): Promise<Outcome> {
  const folder = temporaryFolder()
  const script = join(folder.path, 'manager.js')
  writeFileSync(script, program)
  manager = fork(script, {
    cwd: folder.path,
    env: {
      ...{ PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', LOG_FORMAT: 'json' },
      ...{ WX_APPID: OTHER_APP.appid, WX_SECRET: OTHER_APP.secret, JWT_SECRET, ...env },
    },
  })
  const [outcome] = (await once(manager, 'message')) as [Outcome]
  folder.remove()
  return outcome
}

test('as a guest it says when it is ready, stops by SIGINT with 0, and its log goes where the manager looks', async () => {
  const { code, said } = await manage({})
  expect(said).toContain('ready')
  expect(code).toBe(0)
  const events = said
    .flatMap(each => (typeof each === 'object' && each.line ? [each.line] : []))
    .map(line => JSON.parse(line).event)
    // A busy machine is told of as well.
    .filter(event => event !== 'event_loop_late')
  expect(events).toEqual(['listening', 'stopping', 'stopped'])
})

test('as a guest it refuses WORKERS in words: a cluster in a cluster there is not', async () => {
  const { code, said } = await manage({ WORKERS: '2' })
  expect(code).toBe(1)
  expect(said).toEqual([{ text: expect.stringContaining('WORKERS: must be 1 in a cluster') }])
})

test('as a guest it refuses what several processes cannot share, all at once', async () => {
  const { code, said } = await manage({
    ...{ DATABASE_URL: 'memory:', WX_APPID: '', WX_SECRET: '', JWT_SECRET: '' },
  })
  expect(code).toBe(1)
  const [{ text = '' } = {}] = said.filter(each => typeof each === 'object')
  expect(text.match(/^ {2}[A-Z_, ]+:/gm)).toEqual([
    '  DATABASE_URL:',
    '  WX_APPID, WX_SECRET:',
    '  JWT_SECRET:',
  ])
})

test('as a guest whose log nobody reads any more it goes on to serve, and stops with 0', async () => {
  const { code, said } = await manage({}, DEAF_MANAGER)
  expect(said).toEqual(Array(5).fill('400'))
  expect(code).toBe(0)
})
