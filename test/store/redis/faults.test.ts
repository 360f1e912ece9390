import type { Patience } from '../../../src/patience'
import { available, type DatabaseServer, freePort, startRedis } from '../../support/databases'
import { redisCommand } from '../../support/redis-command'
import { type Service, startService } from '../../support/service'
import { temporaryDatabase } from '../../support/temporary'
import { UNHURRIED, until } from './two-stores'

const describeRedis = available('redis') ? describe : describe.skip

describeRedis('a Redis that fails', () => {
  let redis: DatabaseServer
  let users: ReturnType<typeof temporaryDatabase>
  let service: Service
  let other: Service | undefined

  interface Begin {
    settings?: readonly string[]
    patience?: Partial<Patience>
    change?: (url: string) => string
  }
  async function begin({ settings = [], ...rest }: Begin = {}) {
    users = temporaryDatabase()
    redis = await startRedis(settings)
    service = await serve(rest)
  }
  const serve = ({ patience = {}, change = (url: string) => url }: Begin = {}) =>
    startService({
      ...{ database: users.url, redisUrl: change(redis.url), wxTimeoutMs: 1000 },
      patience: { ...UNHURRIED, ...patience },
    })

  afterEach(async () => {
    await other?.close()
    other = undefined
    await service.close()
    await redis.remove()
    users.remove()
  })

  const asAdmin = (...args: string[]) => redisCommand(redis.url, ...args)

  /** What a token's owner sees: true, false, or that the store cannot be asked; never else. */
  async function check(token: string, of = service): Promise<boolean | 'unavailable'> {
    const { status, body, headers } = await of.http.get(`/checklogin?token=${token}`)
    if (status === 200) return body.is_login
    expect({ status, error: body.error }).toEqual({ status: 503, error: 'store_unavailable' })
    expect(headers['retry-after']).toBe('1')
    return 'unavailable'
  }

  async function tryLogin(): Promise<{ status: number; token?: string }> {
    const { status, body } = await service.http
      .post('/login')
      .send({ code: service.simulator.mintCode() })
    if (status !== 200) expect({ status, error: body.error }).toEqual(UNAVAILABLE)
    return { status, token: body.token }
  }
  const UNAVAILABLE = { status: 503, error: 'store_unavailable' }

  const logOut = (token: string) =>
    service.http.post('/logout').set('Authorization', `Bearer ${token}`)

  test('down at the start: the service is up and says so, and needs no restart later', async () => {
    await begin()
    const { token } = await service.logIn()
    await service.close()
    await redis.stop()
    service = await serve()
    expect((await service.http.get('/livez')).status).toBe(200)
    expect((await service.http.get('/readyz')).status).toBe(503)
    expect(await check(token)).toBe('unavailable')
    expect((await tryLogin()).status).toBe(503)
    await redis.start()
    await until(async () => (await service.http.get('/readyz')).status === 200)
    const { token: another } = await service.logIn()
    expect(await check(another)).toBe(true)
  })

  test('killed and restarted under load: 503 while it is down, every acknowledged session after', async () => {
    await begin({ settings: ['--appendonly', 'yes'] })
    const { token: ended } = await service.logIn()
    const alive = new Set<string>([(await service.logIn()).token])
    expect(await check(ended)).toBe(true)
    expect((await logOut(ended)).status).toBe(200)
    let running = true
    const seen: unknown[] = []
    const load = Array.from({ length: 4 }, async (_, user) => {
      while (running) {
        const code = service.simulator.mintCode({ user: `user-${user}-${alive.size}` })
        const { status, body } = await service.http.post('/login').send({ code })
        if (status === 200) alive.add(body.token)
        else expect({ status, error: body.error }).toEqual(UNAVAILABLE)
        for (const token of [...alive].slice(-3)) seen.push(await check(token))
        seen.push((await check(ended)) === true ? 'an ended session is back' : 'fine')
      }
    })
    await until(async () => alive.size > 5)
    await redis.stop('SIGKILL')
    await until(async () => seen.includes('unavailable'))
    await redis.start()
    await until(async () => (await service.http.get('/readyz')).status === 200)
    const before = alive.size
    await until(async () => alive.size > before)
    running = false
    await Promise.all(load)
    expect(new Set(seen)).toEqual(new Set([true, 'unavailable', 'fine']))
    for (const token of alive) expect(await check(token)).toBe(true)
    expect(await check(ended)).toBe(false)
    const events = service.logLines.map(({ event }) => event)
    expect(events).toContain('store.lost')
    expect(events).toContain('store.back')
  })

  test('hung: what is known holds for a while, then everything is 503 until Redis answers again', async () => {
    const patience = { storeMs: 200, redisConnectMs: 200, redisPingEveryMs: 20, redisPingMs: 100 }
    await begin({ patience: { ...patience, redisSilenceMs: 200 } })
    let token = ''
    let unknown = ''
    await until(async () => (token = (await tryLogin()).token ?? ''))
    await until(async () => (unknown = (await tryLogin()).token ?? ''))
    await until(async () => (await check(token)) === true)
    await redis.hang()
    expect(await check(unknown)).toBe('unavailable')
    await until(async () => {
      const answer = await check(token)
      expect(answer).not.toBe(false)
      return answer === 'unavailable'
    })
    for (let i = 0; i < 20; i++) expect(await check(token)).toBe('unavailable')
    expect((await tryLogin()).status).toBe(503)
    await redis.goOn()
    await until(async () => (await check(token)) === true)
    await until(async () => (await check(unknown)) === true)
  })

  test('restarted empty: everybody is logged out, and who was logged out before stays so', async () => {
    await begin()
    const { token } = await service.logIn()
    const { token: ended } = await service.logIn()
    expect(await check(token)).toBe(true)
    expect((await logOut(ended)).status).toBe(200)
    await redis.stop('SIGKILL')
    await redis.start()
    await until(async () => (await service.http.get('/readyz')).status === 200)
    expect(await check(token)).toBe(false)
    expect(await check(ended)).toBe(false)
    expect((await logOut(token)).body.error).toBe('session_ended')
    expect(await check((await service.logIn()).token)).toBe(true)
  })

  test('out of memory: no new login, but checks and log-outs go on', async () => {
    await begin()
    const { token } = await service.logIn()
    other = await serve()
    await asAdmin('CONFIG', 'SET', 'maxmemory', '1mb')
    expect((await tryLogin()).status).toBe(503)
    expect(await check(token)).toBe(true)
    expect(await check(token, other)).toBe(true)
    expect((await logOut(token)).status).toBe(200)
    expect(await check(token)).toBe(false)
    await asAdmin('CONFIG', 'SET', 'maxmemory', '0')
    expect((await tryLogin()).status).toBe(200)
  })

  test('read-only after a failover: 503 for what writes, until it is the primary again', async () => {
    await begin()
    const { token } = await service.logIn()
    await asAdmin('REPLICAOF', '127.0.0.1', String(await freePort()))
    expect((await tryLogin()).status).toBe(503)
    expect((await logOut(token)).status).toBe(503)
    expect(service.logLines.map(({ fields }) => fields.reason)).toContain('readonly')
    await asAdmin('REPLICAOF', 'NO', 'ONE')
    await until(async () => (await tryLogin()).status === 200)
    expect(await check(token)).toBe(true)
  })

  test.each([
    ['a wrong password', ['--requirepass', 'right'], 'redis://:wrong-canary@', '', 'wrongpass'],
    ['no password', ['--requirepass', 'right'], 'redis://', '', 'noauth'],
    ['a database that is not there', [], 'redis://', '/99', 'wrong_database'],
  ])(
    '%s: 503, and the log names the setting, not its value',
    async (_what, settings, scheme, path, reason) => {
      await begin({ settings, change: url => url.replace('redis://', scheme) + path })
      expect((await service.http.get('/readyz')).status).toBe(503)
      const lost = service.logLines.filter(({ event }) => event === 'store.lost')
      expect(lost).toEqual([
        {
          level: 'error',
          event: 'store.lost',
          fields: { outcome: 'failed', setting: SETTING, reason, fix: expect.any(String) },
        },
      ])
      expect(JSON.stringify(service.logLines)).not.toMatch(/canary|127\.0\.0\.1/)
    },
  )
  const SETTING = 'REDIS_URL (redisUrl)'
})
