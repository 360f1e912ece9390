import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import supertest from 'supertest'
import { createSimulator, type Simulator } from '../../src/simulator/index'
import { type ServerProcess, startServer } from '../support/server-process'
import { JWT_SECRET, OTHER_APP } from '../support/service'
import { temporaryFolder } from '../support/temporary'

let folder: ReturnType<typeof temporaryFolder>
let simulator: Simulator
let server: ServerProcess

/** A fault of ours that nobody catches, whenever the test says. */
const FAULT = `process.on('SIGUSR2', () => {
  setImmediate(() => { throw new Error('broken, and it holds ' + process.env.WX_SECRET) })
})`
const REJECTION = `process.on('SIGUSR2', () => void Promise.reject(new Error('unheard')))`

beforeEach(async () => {
  folder = temporaryFolder()
  simulator = createSimulator({ apps: { [OTHER_APP.appid]: OTHER_APP.secret } })
  await simulator.listen()
})
afterEach(async () => {
  await server.stop('SIGKILL')
  await simulator.close()
  folder.remove()
})

async function start(fault: string): Promise<void> {
  const script = join(folder.path, 'fault.js')
  writeFileSync(script, fault)
  const app = { WX_APPID: OTHER_APP.appid, WX_SECRET: OTHER_APP.secret, JWT_SECRET }
  const env = { ...app, WX_API_BASE_URL: simulator.url, NODE_OPTIONS: `--require ${script}` }
  server = await startServer({ ...env, LOG_FORMAT: 'json' }, folder.path)
}

/** A login that WeChat answers in two seconds. Resolves to its answer, once WeChat was asked. */
async function loginUnderWay(): Promise<{ answer: Promise<supertest.Response> }> {
  simulator.fail({ late: 2000 })
  const code = simulator.mintCode()
  const answer = supertest(server.url)
    .post('/login')
    .send({ code })
    .then(found => found)
  while (simulator.calls.length === 0) await sleep(5)
  return { answer }
}

const crashes = () =>
  server
    .output()
    .split('\n')
    .filter(line => line.includes('"crash"'))

test.each([
  ['exception', FAULT],
  ['rejection', REJECTION],
])(
  'an uncaught %s is told once, requests under way are answered, and the process ends with 1',
  async (_, fault) => {
    await start(fault)
    const { answer } = await loginUnderWay()
    expect(await server.stop('SIGUSR2')).toBe(1)
    expect((await answer).status).toBe(200)
    expect(crashes()).toHaveLength(1)
    expect(server.output()).not.toContain(OTHER_APP.secret)
  },
)

test('a fault while the process is already stopping still makes its end a failure', async () => {
  await start(FAULT)
  const { answer } = await loginUnderWay()
  const end = server.stop('SIGTERM')
  while (!server.output().includes('"stopping"')) await sleep(5)
  server.child.kill('SIGUSR2')
  expect(await end).toBe(1)
  expect((await answer).status).toBe(200)
  expect(crashes()).toHaveLength(1)
})
