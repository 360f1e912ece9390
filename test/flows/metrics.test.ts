import { execFileSync } from 'node:child_process'
import { SIMULATOR_APP } from '../../src/simulator/index'
import { available, PROGRAMS } from '../support/databases'
import { moved, only, readMetrics } from '../support/metrics'
import { startInProcess } from '../support/running-server'
import {
  HOSTS,
  INTERNAL_TOKEN,
  JWT_SECRET,
  OTHER_APP,
  type Service,
  type ServiceOptions,
  startService,
} from '../support/service'

const app: string = SIMULATOR_APP.appid
const EVER = { times: Number.POSITIVE_INFINITY }
const INTERNAL = { 'X-Internal-Token': INTERNAL_TOKEN }

let service: Service
afterEach(() => service.close())
const start = async (options: ServiceOptions = {}) => {
  service = await startService(options)
}
const scrape = async () => {
  const { text } = await service.http.get(`${service.prefix}/metrics`).set(INTERNAL).expect(200)
  return readMetrics(text)
}

/** What the work moves, but for the store: that is a test of its own. */
async function movedBy(work: () => Promise<unknown>, families = /^(?!store_)/) {
  const before = await scrape()
  await work()
  return only(moved(before, await scrape()), families)
}

const post = (path: string) => service.http.post(service.prefix + path)
const get = (path: string) => service.http.get(service.prefix + path)
const answered = (route: string, method: string, status: number, count = 1) => ({
  [`http_requests_total{route="${route}",method="${method}",status="${status}"}`]: count,
  [`http_request_duration_seconds_count{route="${route}"}`]: count,
})
const login = (outcome: string, error: string, of = app) => ({
  [`logins_total{app="${of}",outcome="${outcome}",error="${error}"}`]: 1,
  login_duration_seconds_count: 1,
})
const asked = (api: string, outcome: string, errcode = 'none') => ({
  [`wechat_requests_total{api="${api}",outcome="${outcome}",errcode="${errcode}"}`]: 1,
  [`wechat_request_duration_seconds_count{api="${api}"}`]: 1,
})
const shown = (outcome: string) => ({ [`token_checks_total{outcome="${outcome}"}`]: 1 })
const LOGIN = '/sns/jscode2session'
const TOKEN = '/cgi-bin/stable_token'

describe.each(HOSTS)('metrics of a service that runs as: %s', host => {
  beforeEach(() => start({ host }))

  test('stand still when nothing happens but scrapes, refused ones included', async () => {
    const moves = await movedBy(async () => {
      await scrape()
      await get('/metrics').expect(401)
      await post('/metrics').set(INTERNAL).expect(405)
    }, /^/)
    expect(moves).toEqual({})
  })

  test('a login moves its own series and no other', async () => {
    const { simulator } = service
    const code = simulator.mintCode()
    expect(await movedBy(() => post('/login').send({ code }).expect(200))).toEqual({
      ...login('success', 'none'),
      ...asked(LOGIN, 'success'),
      ...answered('/login', 'POST', 200),
    })
    expect(await movedBy(() => post('/login').send({ code }).expect(400))).toEqual({
      ...login('refused', 'code_used'),
      ...answered('/login', 'POST', 400),
    })
    simulator.fail({ errcode: 40125 })
    const other = { code: 'any', appid: OTHER_APP.appid }
    expect(await movedBy(() => post('/login').send(other).expect(500))).toEqual({
      ...login('failed', 'misconfigured', OTHER_APP.appid),
      ...asked(LOGIN, 'refused', '40125'),
      ...answered('/login', 'POST', 500),
    })
    expect(
      await movedBy(() => post('/login').send({ code: 'x', appid: 'wx9' }).expect(400)),
    ).toEqual({
      ...login('refused', 'unknown_appid', 'unknown'),
      ...answered('/login', 'POST', 400),
    })
  })

  test('a token is counted wherever it is shown, and a request without one is no token', async () => {
    const { token } = await service.logIn()
    const bearer = { Authorization: `Bearer ${token}` }
    expect(await movedBy(() => get('/checklogin').set(bearer).expect(200))).toEqual({
      ...shown('valid'),
      ...answered('/checklogin', 'GET', 200),
    })
    expect(await movedBy(() => get('/me').set({ token }).expect(200))).toEqual({
      ...shown('valid'),
      ...answered('/me', 'GET', 200),
    })
    expect(await movedBy(() => get('/checklogin?token=forged').expect(200))).toEqual({
      ...shown('token_invalid'),
      ...answered('/checklogin', 'GET', 200),
    })
    expect(await movedBy(() => get('/me').expect(401))).toEqual(answered('/me', 'GET', 401))
    expect(await movedBy(() => post('/logout').set(bearer).send({}).expect(200))).toEqual({
      ...shown('valid'),
      'sessions_ended_total{reason="logout"}': 1,
      ...answered('/logout', 'POST', 200),
    })
    expect(await movedBy(() => get('/me').set(bearer).expect(401))).toEqual({
      ...shown('session_ended'),
      ...answered('/me', 'GET', 401),
    })
  })

  test('an answer is counted under the template of its route, and other methods together', async () => {
    const { token } = await service.logIn()
    const gone = '/sessions/AAAAAAAAAAAAAAAAAAAAAA'
    const end = () =>
      service.http
        .delete(service.prefix + gone)
        .set({ token })
        .expect(404)
    expect(await movedBy(end)).toEqual({
      ...shown('valid'),
      ...answered('/sessions/:id', 'DELETE', 404),
    })
    expect(await movedBy(() => get('/login').expect(405))).toEqual(answered('/login', 'other', 405))
    const head = () => service.http.head(`${service.prefix}/livez`).expect(200)
    expect(await movedBy(head)).toEqual(answered('/livez', 'HEAD', 200))
    const nowhere = await movedBy(() => get('/nowhere').expect(404))
    // What is none of ours is the host's own.
    expect(nowhere).toEqual(host === 'standalone' ? answered('other', 'other', 404) : {})
  })
})

describe('metrics of a service', () => {
  test('count callers who share an answer apart from logins', async () => {
    await start()
    const code = service.simulator.mintCode()
    service.simulator.fail({ late: 300 })
    const same = () => post('/login').send({ code }).expect(200)
    const moves = await movedBy(() => Promise.all([same(), same(), same()]), /login/)
    expect(moves).toMatchObject({ ...login('success', 'none'), shared_logins_total: 2 })
  })

  test('tell WeChat that is slow from WeChat that says no, and show the open breaker', async () => {
    await start({ wxTimeoutMs: 300 })
    service.simulator.fail({ transport: 'never' }, EVER)
    const code = () => service.simulator.mintCode()
    const late = await movedBy(() => post('/login').send({ code: code() }).expect(504))
    expect(late).toEqual({
      ...login('failed', 'wechat_timeout'),
      ...asked(LOGIN, 'timeout'),
      ...answered('/login', 'POST', 504),
    })
    const breaker = `wechat_breaker_open{app="${app}"}`
    const opened = await movedBy(async () => {
      for (let i = 0; i < 9; i++) await post('/login').send({ code: code() }).expect(504)
    }, /breaker/)
    expect(opened).toEqual({ [breaker]: 1 })
  })

  test('count an access_token that was fetched, and not one that was kept', async () => {
    await start()
    const fetch = () => get(`/internal/access-token?appid=${app}`).set(INTERNAL).expect(200)
    expect(await movedBy(fetch, /access_token|wechat/)).toEqual({
      [`access_token_fetches_total{app="${app}",outcome="success"}`]: 1,
      ...asked(TOKEN, 'success'),
    })
    expect(await movedBy(fetch, /access_token_|wechat/)).toEqual({})
  })

  test('count data that was opened, and data that no known session_key opens', async () => {
    await start()
    const { token } = await service.logIn()
    const sent = () => service.simulator.encryptUserInfo()
    const open = (status: number, body: object) =>
      post('/decrypt').set({ token }).send(body).expect(status)
    const fields = ({ encryptedData, iv }: ReturnType<typeof sent>) => ({ encryptedData, iv })
    expect(await movedBy(() => open(200, fields(sent())), /open_data/)).toEqual({
      'open_data_total{outcome="success"}': 1,
    })
    const strange = { encryptedData: 'A'.repeat(64), iv: 'A'.repeat(22).concat('==') }
    expect(await movedBy(() => open(409, strange), /open_data/)).toEqual({
      'open_data_total{outcome="session_key_stale"}': 1,
    })
  })

  test('count each refusal of a limit once, by the name of the limit', async () => {
    await start({ rateLimit: 1 })
    const refused = (limit: string) => ({ [`rate_limited_total{limit="${limit}"}`]: 1 })
    const code = () => ({ code: service.simulator.mintCode() })
    await post('/login').send(code()).expect(200)
    const login = () => post('/login').send(code()).expect(429)
    expect(await movedBy(login, /limited/)).toEqual(refused('login'))
    const first = () => get('/me').set('X-WX-Code', code().code).expect(429)
    expect(await movedBy(first, /limited/)).toEqual(refused('login'))
    await get('/checklogin?token=forged').expect(200)
    const forged = () => get('/checklogin?token=forged').expect(429)
    expect(await movedBy(forged, /limited|token_checks/)).toEqual({
      ...refused('token'),
      ...shown('rate_limited'),
    })
    for (let i = 0; i < 120; i++) await get('/internal/access-token').expect(401)
    const internal = () => get('/internal/access-token').expect(429)
    expect(await movedBy(internal, /limited/)).toEqual(refused('internal'))
  })

  test('count what the store did for a check: it looks a session up, and writes nothing', async () => {
    await start()
    const { token } = await service.logIn()
    const check = () => get('/checklogin').set({ token }).expect(200)
    expect(await movedBy(check, /store/)).toEqual({
      'store_operations_total{store="memory",operation="sessions.find",outcome="success"}': 1,
      'store_operation_duration_seconds_count{store="memory",operation="sessions.find"}': 1,
    })
  })

  test('are the same as text for a route of the host’s own', async () => {
    await start({ internalToken: undefined })
    await service.logIn()
    const found = readMetrics(await service.login.metrics())
    expect(
      found.get(`miniprogram_login_logins_total{app="${app}",outcome="success",error="none"}`),
    ).toBe(1)
  })

  const promtool = available('promtool') ? test : test.skip
  promtool('are what promtool calls well-formed, names and units included', async () => {
    await start()
    await service.logIn()
    const input = await service.login.metrics()
    execFileSync(String(PROGRAMS.promtool), ['check', 'metrics'], { input })
  })
})

describe('GET /metrics', () => {
  test('wants the internal token, in each of its three places', async () => {
    await start()
    const basic = Buffer.from(`prometheus:${INTERNAL_TOKEN}`).toString('base64')
    for (const Authorization of [`Bearer ${INTERNAL_TOKEN}`, `Basic ${basic}`]) {
      await get('/metrics').set({ Authorization }).expect(200)
    }
    const refused = await get('/metrics').set('X-Internal-Token', 'wrong').expect(401)
    expect(refused.body.error).toBe('internal_token_invalid')
    const { token } = await service.logIn()
    await get('/metrics').set('Authorization', `Bearer ${token}`).expect(401)
  })

  test('is no route where no internal token is set', async () => {
    await start({ internalToken: undefined })
    const { body } = await get('/metrics').expect(404)
    expect(body.error).toBe('not_found')
  })
})

describe('GET /metrics of the server', () => {
  // Only for the sake of `afterEach`.
  beforeEach(() => start())
  const ENV = {
    WX_APPID: OTHER_APP.appid,
    WX_SECRET: OTHER_APP.secret,
    JWT_SECRET,
    DATABASE_URL: 'memory:',
  }
  const statusOf = async (env: Record<string, string>, headers: Record<string, string> = {}) => {
    const server = await startInProcess({ ...ENV, ...env })
    try {
      return (await fetch(`${server.url}/metrics`, { headers })).status
    } finally {
      await server.stop({ atOnce: true })
    }
  }
  const PRODUCTION = { NODE_ENV: 'production' }

  test('is open outside of production, whether an internal token is set or not', async () => {
    expect(await statusOf({})).toBe(200)
    expect(await statusOf({ NODE_ENV: 'test', INTERNAL_TOKEN })).toBe(200)
  })

  test('wants the internal token in production, and is no route without one', async () => {
    expect(await statusOf(PRODUCTION)).toBe(404)
    expect(await statusOf({ ...PRODUCTION, INTERNAL_TOKEN })).toBe(401)
    expect(await statusOf({ ...PRODUCTION, INTERNAL_TOKEN }, INTERNAL)).toBe(200)
  })
})
