import { available, type DatabaseServer, startRedis } from '../support/databases'
import { type Service, type ServiceOptions, startService } from '../support/service'
import { temporaryDatabase } from '../support/temporary'

const closing: (() => unknown)[] = []
afterEach(async () => {
  jest.restoreAllMocks()
  for (const close of closing.splice(0).reverse()) await close()
})

/** Two instances that share a database, one WeChat and one clock. */
async function twoInstances(options: ServiceOptions): Promise<readonly [Service, Service]> {
  const { url, remove } = temporaryDatabase()
  closing.push(remove)
  const start = async (shared: ServiceOptions = {}) => {
    const service = await startService({ database: url, sharedLimits: true, ...options, ...shared })
    closing.push(() => service.close())
    return service
  }
  const a = await start()
  return [a, await start({ simulator: a.simulator, clock: a.clock })]
}

/** Logs in at each of the instances in turns, all at once, by every route that logs in. */
async function logIns(services: readonly Service[], count: number, headers: Headers = () => ({})) {
  const answers = await Promise.all(
    Array.from({ length: count }, (_, i) => {
      const { http, simulator } = services[i % services.length] as Service
      const code = simulator.mintCode({ user: `user ${i}` })
      const ways = [
        () => http.post('/login').send({ code }),
        () => http.get(`/auth?code=${code}`),
        () => http.post('/wx/onlogin').send({ code }),
      ] as const
      return (ways[i % 3] as (typeof ways)[number])().set(headers(i))
    }),
  )
  const found: Record<number, number> = {}
  for (const { status } of answers) found[status] = (found[status] ?? 0) + 1
  return found
}
type Headers = (i: number) => Record<string, string>

const REDIS = available('redis') ? ['Redis'] : []
describe.each(['SQLite', ...REDIS])('two instances that count in one %s', kind => {
  async function start(options: ServiceOptions) {
    if (kind === 'SQLite') return twoInstances(options)
    const redis = await startRedis()
    closing.push(() => redis.remove())
    return twoInstances({ ...options, redisUrl: redis.url })
  }

  test('100 logins at once from one address, 10 allowed: exactly 10 pass', async () => {
    const services = await start({ rateLimit: 10 })
    expect(await logIns(services, 100)).toEqual({ 200: 10, 429: 90 })
  })

  test('100 logins at once from 100 addresses, 10 allowed in all: exactly 10 pass', async () => {
    const services = await start({ rateLimit: 10, rateLimitGlobal: 10, trustProxy: 1 })
    const roaming = (i: number) => ({ 'X-Forwarded-For': `203.0.113.${i}` })
    expect(await logIns(services, 100, roaming)).toEqual({ 200: 10, 429: 90 })
    // The windows of this process follow the uptime, those of the store the clock.
    const later = performance.now() + 60_000
    jest.spyOn(performance, 'now').mockReturnValue(later)
    for (const { clock } of services.slice(0, 1)) clock.advance(60)
    expect(await logIns(services, 3, roaming)).toEqual({ 200: 3 })
  })
})

const describeRedis = available('redis') ? describe : describe.skip
describeRedis('with the Redis of the counters killed', () => {
  test('each instance goes on counting by itself: never unlimited, never a 500', async () => {
    const redis: DatabaseServer = await startRedis()
    closing.push(() => redis.remove())
    const options = { rateLimit: 10, rateLimitGlobal: 15, redisUrl: redis.url, trustProxy: 1 }
    const services = await twoInstances(options)
    const one = () => ({ 'X-Forwarded-For': '203.0.113.1' })
    const other = () => ({ 'X-Forwarded-For': '203.0.113.2' })
    await logIns(services, 2, one)
    await redis.stop('SIGKILL')
    // What passes the limit is 503: a login needs the same store.
    for (const service of services) {
      expect(await logIns([service], 30, one)).toEqual({ 503: 9, 429: 21 })
      expect(await logIns([service], 30, other)).toEqual({ 503: 5, 429: 25 })
    }
  })
})

describe('one user who asks WeChat', () => {
  let service: Service
  let token: string
  beforeEach(async () => {
    service = await startService({ rateLimit: 600, trustProxy: 1 })
    closing.push(() => service.close())
    jest.spyOn(performance, 'now').mockReturnValue(Math.ceil(performance.now()))
    token = (await service.logIn('alice')).token
  })
  const from = (i: number) => ({ token, 'X-Forwarded-For': `203.0.113.${i % 50}` })
  const callsOf = (api: string) => service.simulator.calls.filter(({ path }) => path === api).length

  test('is limited to 60 a minute, from 50 addresses too, on both routes together', async () => {
    const found: Record<number, number> = {}
    for (let i = 0; i < 100; i++) {
      const asked =
        i % 2
          ? service.http.post('/checksession')
          : service.http.post('/phone').send({ code: service.simulator.mintPhoneCode() })
      const { status, body } = await asked.set(from(i))
      found[status] = (found[status] ?? 0) + 1
      if (status === 429) expect(body).toMatchObject({ error: 'rate_limited', retry_after: 60 })
    }
    expect(found).toEqual({ 200: 60, 429: 40 })
    expect(callsOf('/wxa/business/getuserphonenumber')).toBe(30)
    const bob = await service.logIn('bob')
    const others = { token: bob.token, 'X-Forwarded-For': '203.0.113.1' }
    await service.http.post('/checksession').set(others).expect(200)
  })

  test('costs WeChat one question, however often /checksession is called within a moment', async () => {
    const asked = Array.from({ length: 20 }, (_, i) =>
      service.http.post('/checksession').set(from(i)).expect(200, { valid: true }),
    )
    await Promise.all(asked)
    await service.http.post('/checksession').set(from(0)).expect(200, { valid: true })
    expect(callsOf('/wxa/checksession')).toBe(1)
    service.clock.advance(3)
    await service.http.post('/checksession').set(from(0)).expect(200)
    expect(callsOf('/wxa/checksession')).toBe(2)
  })
})

test('a victim is not kept out by what a stranger writes: no counter is named by an openid or a token', async () => {
  const service = await startService({ rateLimit: 5 })
  closing.push(() => service.close())
  const { token } = await service.logIn('victim')
  const { openid } = service.simulator.user('victim')
  for (let i = 0; i < 30; i++) {
    const headers = { openid, 'X-WX-OPENID': openid, 'X-User-Id': openid, token: `${token}x` }
    await service.http.get('/me').set(headers)
    await service.http.post('/checksession').set(headers)
  }
  await service.http.get('/me').set({ token }).expect(200)
  await service.http.post('/checksession').set({ token }).expect(200)
  await service.logIn('victim')
})
