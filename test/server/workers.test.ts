import { setTimeout as sleep } from 'node:timers/promises'
import supertest from 'supertest'
import { readEnvironment } from '../../src/config/read-environment'
import type { Environment } from '../../src/config/read-variables'
import type { ProcessContext } from '../../src/server/process-context'
import { simulatorUrlOf, workerEnvironment } from '../../src/server/workers'
import { createSimulator, type Simulator } from '../../src/simulator/index'
import { childrenOf, isAlive } from '../support/processes'
import { runServer, type ServerProcess, startServer } from '../support/server-process'
import { JWT_SECRET, OTHER_APP } from '../support/service'
import { temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
let simulator: Simulator
let server: ServerProcess

const env = () => ({
  WORKERS: '2',
  WX_APPID: OTHER_APP.appid,
  WX_SECRET: OTHER_APP.secret,
  WX_API_BASE_URL: simulator.url,
  JWT_SECRET,
})

beforeAll(async () => {
  simulator = createSimulator({ apps: { [OTHER_APP.appid]: OTHER_APP.secret } })
  await simulator.listen()
  server = await startServer(env(), folder.path)
})
afterAll(async () => {
  await server?.stop('SIGKILL')
  await simulator.close()
  folder.remove()
})

const post = (path: string) => supertest(server.url).post(path)
const children = (): number[] => childrenOf(Number(server.child.pid))

test('one code to two processes at once: one upstream call, one session', async () => {
  simulator.reset()
  // All of them must have come before WeChat answers the first.
  simulator.fail({ late: 2000 })
  const code = simulator.mintCode()
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => post('/login').set('Connection', 'close').send({ code })),
  )
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect(new Set(answers.map(({ body }) => body.token)).size).toBe(1)
  expect(simulator.calls).toHaveLength(1)
})

test('a log-out in one process holds in the other at the next request', async () => {
  for (let i = 0; i < 30; i++) {
    const { body } = await post('/login').send({ code: simulator.mintCode() }).expect(200)
    const bearer = { Authorization: `Bearer ${body.token}`, Connection: 'close' }
    await post('/logout').set(bearer).expect(200)
    const asked = await Promise.all(
      Array.from({ length: 4 }, () => supertest(server.url).get('/me').set(bearer)),
    )
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([401]))
  }
})

test('a process that is killed is replaced, and nobody is logged out', async () => {
  const { body } = await post('/login').send({ code: simulator.mintCode() }).expect(200)
  const before = children()
  expect(before).toHaveLength(2)
  process.kill(Number(before[0]), 'SIGKILL')
  while (children().length < 2 || children().includes(Number(before[0]))) await sleep(20)
  for (let i = 0; i < 6; i++) {
    const check = await supertest(server.url).get(`/checklogin?token=${body.token}`).expect(200)
    expect(check.body.is_login).toBe(true)
  }
  expect(server.output()).toMatch(/worker_died/)
})

test('one SIGTERM stops all of them, with 0 and a login under way answered', async () => {
  simulator.reset()
  simulator.fail({ late: 1000 })
  const underWay = post('/login')
    .send({ code: simulator.mintCode() })
    .then(answer => answer)
  while (simulator.calls.length === 0) await sleep(5)
  const workers = children()
  const exit = server.stop('SIGTERM')
  expect((await underWay).status).toBe(200)
  expect(await exit).toBe(0)
  expect(workers.filter(isAlive)).toEqual([])
})

test('a SIGTERM while a killed process is being replaced ends with 0, too', async () => {
  server = await startServer(env(), folder.path)
  const before = children()
  process.kill(Number(before[0]), 'SIGKILL')
  while (children().filter(pid => !before.includes(pid)).length === 0) await sleep(5)
  expect(await server.stop('SIGTERM')).toBe(0)
})

test('a SIGTERM while all processes have crashed and none is back yet ends the first one, too', async () => {
  server = await startServer(env(), folder.path)
  for (let round = 0; round < 3; round++) {
    while (children().length < 2) await sleep(20)
    const victims = children()
    for (const pid of victims) process.kill(pid, 'SIGKILL')
    while (children().some(pid => victims.includes(pid))) await sleep(20)
  }
  expect(children()).toEqual([])
  expect(await server.stop('SIGTERM')).toBe(0)
})

test('a worker that cannot start ends everything, and says why', async () => {
  const { code, output } = await runServer(
    { ...env(), DATABASE_URL: 'sqlite:/dev/null/x.db' },
    folder.path,
  )
  expect(code).toBe(1)
  expect(output).toContain('/dev/null/x.db')
})

test('a worker gets the settings of its server alone, and what the first process made', () => {
  const simulated = { appid: 'wx0000000000000000', secret: '5117a7ed5ec7e70005117a7ed5ec7e70' }
  const given = { DATABASE_URL: 'memory:', PORT: '0', UNSET: undefined }
  const config = readEnvironment(given, simulated)
  const context = { config, simulatorUrl: 'http://127.0.0.1:1' } as ProcessContext
  const found: Environment = workerEnvironment(context, given)
  expect(found).toMatchObject({ DATABASE_URL: 'memory:', PORT: '0', INTERNAL_TOKEN: '' })
  expect(found.JWT_SECRET).toBe(config.login.jwtSecret)
  expect(found).not.toHaveProperty('UNSET')
  expect(simulatorUrlOf(found)).toBe('http://127.0.0.1:1')
  // What the first process inherited, and was not among the settings, is empty: that counts as unset.
  const inherited = readEnvironment({ ...found, WORKERS: '' }, simulated)
  expect(inherited.server.workers).toBe(1)
})
