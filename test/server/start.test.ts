import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import supertest from 'supertest'
import { ConfigError } from '../../src/config/config-error'
import { createSimulator, type Simulator } from '../../src/simulator/index'
import { JUST_ISSUED } from '../support/just-issued'
import { type InProcess, startInProcess } from '../support/running-server'
import { JWT_SECRET, OTHER_APP } from '../support/service'

const listeners = () =>
  process.getActiveResourcesInfo().filter(name => name === 'TCPServerWrap').length

/** What test files before this one left listening in this process of Jest's. */
const left = listeners()

/** Waits until so many sockets listen for this file: a closed one goes with the next turn. */
async function expectListeners(many: number): Promise<void> {
  while (listeners() !== left + many) await sleep(5)
}

const servers: InProcess[] = []
const simulators: Simulator[] = []
beforeEach(() => expectListeners(0))
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.stop({ atOnce: true })))
  await Promise.all(simulators.splice(0).map(simulator => simulator.close()))
})

async function start(...given: Parameters<typeof startInProcess>): Promise<InProcess> {
  // Its newcomer's lines go to standard error where a machine reads the log.
  const quiet = jest.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    const server = await startInProcess(...given)
    servers.push(server)
    return server
  } finally {
    quiet.mockRestore()
  }
}

async function startWithWechat(env: Record<string, string> = {}, patience = {}) {
  const simulator = createSimulator({ apps: { [OTHER_APP.appid]: OTHER_APP.secret } })
  simulators.push(simulator)
  const WX_API_BASE_URL = await simulator.listen()
  const credentials = { WX_APPID: OTHER_APP.appid, WX_SECRET: OTHER_APP.secret, JWT_SECRET }
  const server = await start({ ...credentials, WX_API_BASE_URL, ...env }, patience)
  return { server, simulator }
}

test('importing starts nothing and reads no setting', () => {
  const file = join(__dirname, '../../dist/server/start.js')
  const script = `const read = []
    process.env = new Proxy({}, { get: (_, name) => void read.push(String(name)) })
    require(${JSON.stringify(file)})
    const ours = read.filter(name => /^(WX_|JWT_|PORT|HOST|DATABASE|REDIS|WORKERS)/.test(name))
    console.log(JSON.stringify({ ours, servers: process.getActiveResourcesInfo().filter(name => /Server|Timeout/.test(name)) }))`
  const out = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })
  expect(JSON.parse(out)).toEqual({ ours: [], servers: [] })
})

test('an environment becomes a server that logs people in, and that can be stopped', async () => {
  const { server, simulator } = await startWithWechat()
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
  const code = simulator.mintCode()
  const http = supertest(server.url)
  await http.get('/readyz').expect(200)
  const { body } = await http.post('/login').send({ code }).expect(200)
  await http.get('/me').set('Authorization', `Bearer ${body.token}`).expect(200)
  await server.stop()
  await expect(fetch(`${server.url}/livez`)).rejects.toThrow()
  expect(server.linesOf('stopped')).toHaveLength(1)
  // The simulator of this test still listens.
  await expectListeners(1)
})

test('without credentials the simulator stands in, says so, and goes with the server', async () => {
  const server = await start()
  expect(server.linesOf('wechat_simulator')).toHaveLength(1)
  await supertest(server.url).post('/login').send({ code: 'sim-alice-1' }).expect(200)
  await server.stop()
  await expectListeners(0)
})

test('the simulator listens on port 4000, or the next free one', async () => {
  const ports = []
  for (let i = 0; i < 2; i++) {
    const [line] = (await start()).linesOf('wechat_simulator')
    ports.push(Number(new URL(String(line?.url)).port))
  }
  const [first = 0, second = 0] = ports
  expect(first).toBeGreaterThanOrEqual(4000)
  expect(second).toBeGreaterThan(first)
  // A busy machine has some of them taken.
  expect(second).toBeLessThan(4100)
})

test('only the environment that was given counts, not the process’s own', async () => {
  process.env.TOKEN_TTL_SECONDS = '77'
  try {
    const server = await start()
    const answer = await supertest(server.url).post('/login').send({ code: 'sim-alice-1' })
    expect(answer.body.expires_in).toEqual(JUST_ISSUED)
  } finally {
    delete process.env.TOKEN_TTL_SECONDS
  }
})

test('an environment that is wrong is refused whole, and nothing is left listening', async () => {
  const wrong = start({ PORT: 'x', LOG_FORMAT: 'y' })
  await expect(wrong).rejects.toBeInstanceOf(ConfigError)
  await expect(wrong).rejects.toMatchObject({
    problems: [{ name: 'PORT' }, { name: 'LOG_FORMAT' }],
  })
  await expectListeners(0)
})

test('a start that fails at the last step leaves nothing behind, its simulator included', async () => {
  const first = await start()
  await expect(start({ PORT: String(first.port) })).rejects.toThrow(/PORT: the port is taken/)
  // Of the first server and its simulator.
  await expectListeners(2)
})

test('warnings of the configuration are told once', async () => {
  const server = await start({ WX_MCHID: '1' })
  expect(server.linesOf('configuration')).toEqual([
    expect.objectContaining({ level: 'warn', warning: expect.stringContaining('WX_MCHID') }),
  ])
})

test('every line is JSON with the id of the process', async () => {
  const server = await start()
  await supertest(server.url).post('/login').send({ code: 'sim-alice-1' }).expect(200)
  await server.stop()
  const lines = server.lines.map(line => JSON.parse(line))
  expect(lines.length).toBeGreaterThan(3)
  expect(lines.filter(({ pid, time, event }) => pid !== process.pid || !time || !event)).toEqual([])
})

test('stopping twice is stopping once', async () => {
  const server = await start()
  expect(server.stop()).toBe(server.stop({ atOnce: true }))
  await server.stop()
  expect(server.linesOf('stopped')).toHaveLength(1)
})

test('stopping at once leaves out the time for load balancers', async () => {
  // With that time the test would take a minute.
  const server = await start({ PRESTOP_MS: '60000' })
  await server.stop({ atOnce: true })
  expect(server.linesOf('stopped')).toHaveLength(1)
})

test('a stop that hangs is given up after its last resort', async () => {
  const patience = { drainMs: 50, lastResortMs: 50 }
  const { server, simulator } = await startWithWechat({ WX_TIMEOUT_MS: '2000' }, patience)
  servers.splice(servers.indexOf(server), 1)
  simulator.fail({ transport: 'never' })
  const cut = supertest(server.url)
    .post('/login')
    .send({ code: simulator.mintCode() })
    .then(
      () => 'answered',
      () => 'cut',
    )
  while (simulator.calls.length === 0) await sleep(5)
  await expect(server.stop()).rejects.toThrow('not done after 100 ms')
  expect(await cut).toBe('cut')
})
