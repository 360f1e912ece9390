import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSimulator, SIMULATOR_APP, type Simulator } from '../../src/simulator/index'
import { Clock } from '../support/clock'
import { available } from '../support/databases'
import { startServer } from '../support/server-process'
import {
  INTERNAL_TOKEN,
  JWT_SECRET,
  OTHER_JWT_SECRET,
  type Service,
  startService,
} from '../support/service'
import { sharedDatabase } from '../support/shared-servers/database'
import { temporaryDatabase, temporaryFolder } from '../support/temporary'

const TOKEN_API = '/cgi-bin/stable_token'
const PHONE_API = '/wxa/business/getuserphonenumber'
const { appid, secret } = SIMULATOR_APP

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const fetches = (simulator: Simulator) =>
  simulator.calls.filter(({ path }) => path === TOKEN_API).length

interface Pair {
  simulator: Simulator
  clock: Clock
  services: readonly [Service, Service]
  file: string
  redisUrl: string | undefined
}

/** Two instances of the service that share a database, and with it an access_token. */
async function twoInstances({ redis = false } = {}): Promise<Pair> {
  const clock = new Clock()
  const simulator = createSimulator({ now: clock.now })
  await simulator.listen()
  const { url, file, remove } = temporaryDatabase()
  closing.push(() => simulator.close(), remove)
  const redisUrl = redis ? (await sharedDatabase('redis')).url : undefined
  const start = async () => {
    const apps = { [appid]: secret }
    const service = await startService({ apps, database: url, redisUrl, simulator, clock })
    closing.push(() => service.close())
    return service
  }
  return { simulator, clock, file, redisUrl, services: [await start(), await start()] }
}

/** Of ten users: one may ask 60 times a minute. */
async function phonesAtOnce({ simulator, services }: Pair, calls: number): Promise<number[]> {
  const [a] = services
  const names = Array.from({ length: 10 }, (_, i) => `user${i}`)
  const users = await Promise.all(
    names.map(async user => ({ user, token: (await a.logIn(user)).token })),
  )
  const asked = Array.from({ length: calls }, (_, i) => {
    const { user, token } = users[i % users.length] as (typeof users)[number]
    const code = simulator.mintPhoneCode({ user })
    const { http } = services[i % 2] as Service
    return http.post('/phone').set('Authorization', `Bearer ${token}`).send({ code })
  })
  const answers = await Promise.all(asked)
  return answers.map(({ status }) => status)
}

describe.each(['SQLite', ...(available('redis') ? ['Redis'] : [])])('two instances on %s', kind => {
  test('200 calls of /phone at once: one token is fetched; WeChat kills it in the middle: one more, and no call fails', async () => {
    const pair = await twoInstances({ redis: kind === 'Redis' })
    const { simulator } = pair
    const killed = () => simulator.calls.filter(({ errcode }) => errcode === 40001).length

    expect(await phonesAtOnce(pair, 200)).toEqual(Array(200).fill(200))
    expect(fetches(simulator)).toBe(1)

    // Once WeChat has seen 50 of them, so that both instances are in the middle of it.
    const seen = simulator.calls.length
    const watch = setInterval(() => {
      const calls = simulator.calls.slice(seen).filter(({ path }) => path === PHONE_API)
      if (calls.length < 50) return
      simulator.killAccessToken()
      clearInterval(watch)
    }, 1)
    closing.push(() => clearInterval(watch))
    expect(await phonesAtOnce(pair, 200)).toEqual(Array(200).fill(200))
    expect(killed()).toBeGreaterThan(0)
    expect(fetches(simulator)).toBe(2)
    const phones = simulator.calls.filter(({ path }) => path === PHONE_API)
    expect(phones.filter(({ errcode }) => errcode === undefined)).toHaveLength(400)
  })
})

test('kill -9 of the instance that is fetching: the other goes on when the lease of 1 s has ended', async () => {
  const folder = temporaryFolder()
  const simulator = createSimulator()
  const WX_API_BASE_URL = await simulator.listen()
  closing.push(folder.remove, () => simulator.close())
  // Far above the lease: a busy machine does not come near it.
  const WX_TIMEOUT_MS = '15000'
  const wx = { WX_APPID: appid, WX_SECRET: secret, WX_API_BASE_URL, WX_TIMEOUT_MS }
  const env = { JWT_SECRET, ...wx }
  const options = { ...env, INTERNAL_TOKEN, DATABASE_URL: `sqlite:${folder.path}/login.db` }
  const first = await startServer(options, folder.path, { leaseMs: 1000 })
  closing.push(() => first.stop('SIGKILL'))
  const second = await startServer(options, folder.path, { leaseMs: 1000 })
  closing.push(() => second.stop('SIGKILL'))
  const ask = (url: string) =>
    fetch(`${url}/internal/access-token?appid=${appid}`, {
      headers: { 'X-Internal-Token': INTERNAL_TOKEN },
    })

  simulator.fail({ transport: 'never' }, { path: TOKEN_API })
  const lost = ask(first.url).catch(() => 'lost')
  for (let i = 0; i < 2000 && fetches(simulator) === 0; i++) await sleep(5)
  expect(fetches(simulator)).toBe(1)
  await first.stop('SIGKILL')
  const answer = await ask(second.url)
  expect(answer.status).toBe(200)
  expect(await lost).toBe('lost')
  expect(fetches(simulator)).toBe(2)
})

test('no login touches an access_token, nor waits for one', async () => {
  const { simulator, services } = await twoInstances()
  simulator.fail({ transport: 'never' }, { path: TOKEN_API, times: 5 })
  const { token } = await services[0].logIn()
  await services[1].http.get('/checklogin').set('token', token).expect(200)
  expect(simulator.calls.map(({ path }) => path)).toEqual(['/sns/jscode2session'])
})

test('an AppSecret that WeChat refuses: one question, then a pause of ten seconds', async () => {
  const { simulator, clock, services } = await twoInstances()
  const [a] = services
  const { token } = await a.logIn()
  const ask = async () => {
    const code = simulator.mintPhoneCode()
    return (await a.http.post('/phone').set('Authorization', `Bearer ${token}`).send({ code })).body
  }
  simulator.fail({ errcode: 40001 }, { path: TOKEN_API })
  expect(await ask()).toMatchObject({ error: 'misconfigured', wx_errcode: 40001 })
  expect(await ask()).toMatchObject({ error: 'misconfigured', wx_errcode: 40001 })
  expect(fetches(simulator)).toBe(1)
  // Told once, and of the API that said no: /phone's own was never asked.
  const refusals = a.logLines.filter(({ event }) => event === 'wechat.refused')
  expect(refusals).toMatchObject([
    { level: 'error', fields: { api: TOKEN_API, wx_errcode: 40001 } },
  ])
  expect(refusals[0]?.fields.fix).toContain('WX_SECRET')
  clock.advance(10)
  expect(await ask()).toMatchObject({ phone_number: expect.any(String) })
})

test('a token that WeChat refuses and still gives out is asked for twice, then the caller hears', async () => {
  const { simulator, clock, services } = await twoInstances()
  const [a] = services
  const { token } = await a.logIn()
  await services[1].login.accessToken(appid)
  simulator.killAccessToken(appid, { stillGiven: true })
  const code = simulator.mintPhoneCode()
  const send = () => a.http.post('/phone').set('Authorization', `Bearer ${token}`).send({ code })
  const { body } = await send().expect(503)
  expect(body).toMatchObject({ error: 'wechat_unavailable', wx_errcode: 40001, retry_after: 2 })
  expect(simulator.calls.filter(({ path }) => path === PHONE_API)).toHaveLength(2)
  expect(a.logLines.map(({ event }) => event)).toContain('access_token_unchanged')
  for (const { path, body: sent } of simulator.calls) {
    if (path === TOKEN_API) expect(JSON.parse(sent)).toMatchObject({ force_refresh: false })
  }
  // After the leak drill, which a person does, the same code still works.
  const forced = { grant_type: 'client_credential', appid, secret, force_refresh: true }
  await fetch(simulator.url + TOKEN_API, { method: 'POST', body: JSON.stringify(forced) })
  clock.advance(1)
  await send().expect(200)
})

describe('at rest', () => {
  test('a token is sealed, under the appid and not under the secret', async () => {
    const { services, file } = await twoInstances()
    const { value } = await services[0].login.accessToken(appid)
    const resting = [file, `${file}-wal`].map(path => readFileSync(path, 'latin1')).join('')
    expect(resting).toContain(`access_token:${appid}`)
    expect(resting).not.toContain(value)
    expect(resting).not.toContain(secret)
  })

  test('it stays readable through a rotation of JWT_SECRET; sealed by a key that is gone it is none', async () => {
    const { simulator, clock, services, file } = await twoInstances()
    const { value } = await services[0].login.accessToken(appid)
    const start = async (secrets: { jwtSecret: string; jwtSecretPrevious?: string }) => {
      const apps = { [appid]: secret }
      const database = `sqlite:${file}`
      const service = await startService({ apps, database, simulator, clock, ...secrets })
      closing.push(() => service.close())
      return service
    }
    const rotated = await start({ jwtSecret: OTHER_JWT_SECRET, jwtSecretPrevious: JWT_SECRET })
    expect((await rotated.login.accessToken(appid)).value).toBe(value)
    expect(fetches(simulator)).toBe(1)
    const stranger = await start({ jwtSecret: OTHER_JWT_SECRET })
    expect((await stranger.login.accessToken(appid)).value).toBe(value)
    expect(fetches(simulator)).toBe(2)
  })
})
