import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { Agent, get, type OutgoingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import supertest from 'supertest'
import { createSimulator, type Simulator } from '../../src/simulator/index'
import { runServer, type ServerProcess, startServer } from '../support/server-process'
import { JWT_SECRET, OTHER_APP, OTHER_JWT_SECRET } from '../support/service'
import { temporaryFolder } from '../support/temporary'

let folder: ReturnType<typeof temporaryFolder>
let simulator: Simulator
const servers: ServerProcess[] = []

beforeEach(async () => {
  folder = temporaryFolder()
  simulator = createSimulator({ apps: { [OTHER_APP.appid]: OTHER_APP.secret } })
  await simulator.listen()
})
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.stop('SIGKILL')))
  await simulator.close()
  folder.remove()
})

const credentials = () => ({
  WX_APPID: OTHER_APP.appid,
  WX_SECRET: OTHER_APP.secret,
  WX_API_BASE_URL: simulator.url,
  JWT_SECRET,
})

async function start(env: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
  const server = await startServer(env, folder.path)
  servers.push(server)
  return server
}

async function logIn(server: ServerProcess, user = 'alice'): Promise<string> {
  const code = simulator.mintCode({ user })
  const { body } = await supertest(server.url).post('/login').send({ code }).expect(200)
  return body.token
}

const ask = (url: string, agent?: Agent, headers: OutgoingHttpHeaders = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = get(url, { headers, ...(agent && { agent }) }, answer => {
      answer.resume().on('end', () => resolve(Number(answer.statusCode)))
    })
    request.on('error', reject)
  })

const isLogin = async (server: ServerProcess, token: string): Promise<boolean> =>
  (await supertest(server.url).get(`/checklogin?token=${token}`).expect(200)).body.is_login

describe('a newcomer without credentials', () => {
  test('is told that the simulator stands in, and the printed curl lines log in and say true', async () => {
    const server = await start()
    while (!/^curl .*checklogin.*$/m.test(server.output())) await sleep(5)
    expect(server.output()).toContain('simulator stands in for WeChat')
    const [login, check] = server.output().match(/^curl .*$/gm) ?? []
    const answer = JSON.parse(execFileSync('bash', ['-c', String(login)]).toString())
    expect(answer).toMatchObject({ message: 'success!', token: expect.any(String) })
    const state = JSON.parse(execFileSync('bash', ['-c', String(check)]).toString())
    expect(state.is_login).toBe(true)
  })

  test('stays logged in when the server is started again: the development secret is kept, privately', async () => {
    const first = await start()
    const { body } = await supertest(first.url).post('/login').send({ code: 'sim-alice-1' })
    await first.stop()
    const second = await start()
    expect(await isLogin(second, body.token)).toBe(true)
    const secret = join(folder.path, 'data/development-jwt-secret')
    expect(statSync(secret).mode & 0o077).toBe(0)
    expect(statSync(join(folder.path, 'data/login.db')).mode & 0o077).toBe(0)
  })
})

describe('in production', () => {
  const production = () => ({ ...credentials(), NODE_ENV: 'production', PRESTOP_MS: '0' })

  test('it logs one JSON object a line and nothing else', async () => {
    const server = await start(production())
    await logIn(server)
    await supertest(server.url).get('/nowhere').expect(404)
    await server.stop()
    const lines = server
      .output()
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines).toContainEqual(
      expect.objectContaining({ event: 'login.succeeded', outcome: 'success', level: 'info' }),
    )
    expect(lines).toContainEqual(expect.objectContaining({ path: '/nowhere', error: 'not_found' }))
  })

  test('it refuses to start without credentials, and names every problem at once, no value', async () => {
    const env = { NODE_ENV: 'production', PORT: '99999', TRUST_PROXY: 'true', WX_TIMEOUT_MS: '5s' }
    const { code, output } = await runServer(env, folder.path)
    expect(code).toBe(1)
    for (const name of [
      'WX_APPID, WX_SECRET',
      'JWT_SECRET',
      'PORT',
      'TRUST_PROXY',
      'WX_TIMEOUT_MS',
    ]) {
      expect(output).toContain(`${name}: `)
    }
    expect(output).toMatch(/^miniprogram-login cannot start: 5 problems with the settings\n {2}\w/m)
    expect(output).not.toMatch(/ConfigError|\n {4}at /)
    expect(output).not.toContain('99999')
    expect(output).not.toContain('5s')
  })

  test('it refuses a .env that every user of the machine can read', async () => {
    const file = join(folder.path, '.env')
    writeFileSync(file, 'LOG_FORMAT=json\n')
    chmodSync(file, 0o644)
    expect((await runServer(production(), folder.path)).output).toContain('chmod 600')
    chmodSync(file, 0o600)
    expect((await runServer(production(), folder.path)).code).toBe(0)
  })
})

test('a secret that dotenv cuts at an unquoted # is refused by name', async () => {
  writeFileSync(
    join(folder.path, '.env'),
    'JWT_SECRET=k9Q2vXr7LmZ4tWc8NpB1yHs6DgJ3fUa5EiRo0KxT#rest\n',
  )
  const { code, output } = await runServer({}, folder.path)
  expect(code).toBe(1)
  expect(output).toMatch(/JWT_SECRET: .*unquoted #/)
  expect(output).not.toContain('k9Q2')
})

test('kill -9: every acknowledged login is there afterwards, every ended session stays out', async () => {
  let server = await start(credentials())
  const held: string[] = []
  const ended: string[] = []
  for (let round = 0; round < 5; round++) {
    const [keep, leave] = [await logIn(server, `keep-${round}`), await logIn(server, `go-${round}`)]
    await supertest(server.url).post('/logout').set('Authorization', `Bearer ${leave}`).expect(200)
    held.push(keep)
    ended.push(leave)
    // Others are under way at the moment of the kill; only what was acknowledged counts.
    const underWay = Array.from({ length: 8 }, (_, i) => logIn(server, `race-${round}-${i}`))
    const outcomes = Promise.allSettled(underWay)
    await sleep(round * 3)
    await server.stop('SIGKILL')
    for (const outcome of await outcomes) {
      if (outcome.status === 'fulfilled') held.push(outcome.value)
    }
    server = await start(credentials())
  }
  for (const token of held) expect(await isLogin(server, token)).toBe(true)
  for (const token of ended) expect(await isLogin(server, token)).toBe(false)
  // Six starts of a process: a busy machine takes seconds for each.
}, 120_000)

test('after kill -9 the same Idempotency-Key still gets the same session', async () => {
  const code = simulator.mintCode()
  const ask = (server: ServerProcess) =>
    supertest(server.url).post('/login').set('Idempotency-Key', 'once').send({ code }).expect(200)
  const first = await start(credentials())
  const { body } = await ask(first)
  await first.stop('SIGKILL')
  const again = await ask(await start(credentials()))
  expect(again.body.token).toBe(body.token)
})

test('a rotated JWT_SECRET logs nobody out while the previous one is still named', async () => {
  const before = await start(credentials())
  const token = await logIn(before)
  await before.stop()
  const rotated = {
    ...credentials(),
    JWT_SECRET: OTHER_JWT_SECRET,
    JWT_SECRET_PREVIOUS: JWT_SECRET,
  }
  const after = await start(rotated)
  expect(await isLogin(after, token)).toBe(true)
  const bearer = { Authorization: `Bearer ${token}` }
  const renewed = await supertest(after.url).post('/refresh').set(bearer).expect(200)
  await after.stop()
  const later = await start({ ...credentials(), JWT_SECRET: OTHER_JWT_SECRET })
  expect(await isLogin(later, renewed.body.token)).toBe(true)
  expect(await isLogin(later, token)).toBe(false)
})

test('SIGTERM: a login under way gets its answer, then the process ends with 0', async () => {
  const server = await start(credentials())
  simulator.fail({ late: 400 })
  const code = simulator.mintCode()
  const underWay = supertest(server.url)
    .post('/login')
    .send({ code })
    .then(answer => answer)
  while (simulator.calls.length === 0) await sleep(5)
  const exit = server.stop('SIGTERM')
  const answer = await underWay
  expect(answer.status).toBe(200)
  expect(answer.headers.connection).toBe('close')
  expect(await exit).toBe(0)
})

test('SIGTERM: readyz says 503 while the service serves on, and then the process ends with 0', async () => {
  const server = await start({ ...credentials(), PRESTOP_MS: '3000' })
  const token = await logIn(server)
  const exit = server.stop('SIGTERM')
  while (!server.output().includes('stopping')) await sleep(5)
  expect(await ask(`${server.url}/readyz`)).toBe(503)
  expect(await ask(`${server.url}/livez`)).toBe(200)
  expect(await ask(`${server.url}/checklogin?token=${token}`)).toBe(200)
  expect(await exit).toBe(0)
})

test('a second SIGTERM ends the process at once', async () => {
  const server = await start({ ...credentials(), PRESTOP_MS: '60000' })
  const exit = server.stop('SIGTERM')
  while (!server.output().includes('stopping')) await sleep(5)
  server.child.kill('SIGTERM')
  expect(await exit).toBe(1)
})

test('SIGTERM ends the process though nobody reads its full standard output', async () => {
  const server = await start({ ...credentials(), LOG_FORMAT: 'json' })
  server.child.stdout?.pause()
  const { port } = new URL(server.url)
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const target = `http://127.0.0.1:${port}/livez`
  const flood = async () => {
    for (let i = 0; i < 150; i++) await ask(target, agent, { 'User-Agent': 'x'.repeat(120) })
  }
  await Promise.all(Array.from({ length: 8 }, flood))
  agent.destroy()
  expect(await server.stop('SIGTERM')).toBe(0)
})

test('a reader of standard output that goes away does not stop the service', async () => {
  const server = await start(credentials())
  server.child.stdout?.destroy()
  for (let i = 0; i < 5; i++) await supertest(server.url).get('/livez').expect(200)
  expect(typeof (await logIn(server))).toBe('string')
})

test('SIGUSR1 opens no inspector of a running server, and stops nothing', async () => {
  const server = await start(credentials())
  server.child.kill('SIGUSR1')
  expect(typeof (await logIn(server))).toBe('string')
  await server.stop()
  expect(server.output()).not.toContain('Debugger')
})

test('the port being taken is said in words', async () => {
  const first = await start(credentials())
  const { port } = new URL(first.url)
  const { code, output } = await runServer({ ...credentials(), PORT: port }, folder.path)
  expect(code).toBe(1)
  expect(output).toContain('the port is taken')
})

test('a start that is refused tells first what Node and drivers said before', async () => {
  const agent = join(folder.path, 'agent.js')
  writeFileSync(agent, `process.emitWarning('an old setting: ${JWT_SECRET}')`)
  const env = { NODE_OPTIONS: `--require ${agent}`, DATABASE_URL: 'sqlite:/dev/null/login.db' }
  const { code, output } = await runServer(
    { ...credentials(), ...env, LOG_FORMAT: 'json' },
    folder.path,
  )
  expect(code).toBe(1)
  expect(output).toMatch(/"event":"node_warning".*an old setting: \[redacted\]/)
  expect(output).toContain('cannot start')
})

test('a database file that is none is refused by its path and left as it is', async () => {
  const file = join(folder.path, 'broken.db')
  writeFileSync(file, 'this is no database, but somebody may need it'.repeat(100))
  const before = readFileSync(file)
  const env = { ...credentials(), DATABASE_URL: `sqlite:${file}` }
  const { code, output } = await runServer(env, folder.path)
  expect(code).toBe(1)
  expect(output).toContain(file)
  expect(readFileSync(file)).toEqual(before)
  expect(readdirSync(folder.path)).toContain('broken.db')
})
