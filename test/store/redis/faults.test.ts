import { setTimeout as sleep } from 'node:timers/promises'
import { available, type DatabaseServer, freePort, startRedis } from '../../support/databases'
import { redisCommand } from '../../support/redis-command'
import { type Service, startService } from '../../support/service'
import { temporaryDatabase } from '../../support/temporary'

const describeRedis = available('redis') ? describe : describe.skip

describeRedis('a Redis that fails', () => {
  let redis: DatabaseServer
  let users: ReturnType<typeof temporaryDatabase>
  let service: Service
  let other: Service | undefined

  async function begin(settings: readonly string[] = [], change = (url: string) => url) {
    users = temporaryDatabase()
    redis = await startRedis(settings)
    service = await serve(change)
  }
  const serve = (change = (url: string) => url) =>
    startService({ database: users.url, redisUrl: change(redis.url), wxTimeoutMs: 1000 })

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
    const begun = performance.now()
    const { status, body, headers } = await of.http.get(`/checklogin?token=${token}`)
    expect(performance.now() - begun).toBeLessThan(1200)
    if (status === 200) return body.is_login
    expect({ status, error: body.error }).toEqual({ status: 503, error: 'store_unavailable' })
    expect(headers['retry-after']).toBe('1')
    return 'unavailable'
  }

  async function tryLogin(): Promise<{ status: number; token?: string }> {
    const begun = performance.now()
    const { status, body } = await service.http
      .post('/login')
      .send({ code: service.simulator.mintCode() })
    expect(performance.now() - begun).toBeLessThan(1200)
    if (status !== 200) expect({ status, error: body.error }).toEqual(UNAVAILABLE)
    return { status, token: body.token }
  }
  const UNAVAILABLE = { status: 503, error: 'store_unavailable' }

  const logOut = (token: string) =>
    service.http.post('/logout').set('Authorization', `Bearer ${token}`)

  async function until(met: () => Promise<boolean>, ms = 3000): Promise<number> {
    const begun = performance.now()
    while (!(await met())) {
      if (performance.now() - begun > ms) throw new Error('it did not come to that')
      await sleep(10)
    }
    return performance.now() - begun
  }

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
    await begin(['--appendonly', 'yes'])
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
    await sleep(150)
    await redis.stop('SIGKILL')
    await sleep(250)
    await redis.start()
    await until(async () => (await service.http.get('/readyz')).status === 200)
    await sleep(100)
    running = false
    await Promise.all(load)
    expect(new Set(seen)).toEqual(new Set([true, 'unavailable', 'fine']))
    expect(alive.size).toBeGreaterThan(5)
    for (const token of alive) expect(await check(token)).toBe(true)
    expect(await check(ended)).toBe(false)
    const events = service.logLines.map(({ event }) => event)
    expect(events).toContain('store_connection_lost')
    expect(events).toContain('store_connected')
  })

  test('hung: what is known holds for a second at the most, then 503 within a second', async () => {
    await begin()
    const { token } = await service.logIn()
    const { token: unknown } = await service.logIn('bob')
    expect(await check(token)).toBe(true)
    redis.process().kill('SIGSTOP')
    const stopped = performance.now()
    let lastYes = 0
    const cold = check(unknown)
    while (performance.now() - stopped < 1500) {
      const answer = await check(token)
      expect(answer).not.toBe(false)
      if (answer === true) lastYes = performance.now() - stopped
      await sleep(10)
    }
    expect(await cold).toBe('unavailable')
    expect(lastYes).toBeLessThan(1100)
    expect((await tryLogin()).status).toBe(503)
    redis.process().kill('SIGCONT')
    await until(async () => (await check(token)) === true)
  })

  test('restarted empty: everybody is logged out, and who was logged out before stays so', async () => {
    await begin()
    const { token } = await service.logIn()
    const { token: ended } = await service.logIn()
    expect(await check(token)).toBe(true)
    expect((await logOut(ended)).status).toBe(200)
    await redis.stop('SIGKILL')
    await redis.start()
    await until(async () => (await check(token)) !== 'unavailable')
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

  test('slow: an answer that comes too late is a 503 in time', async () => {
    await begin(['--enable-debug-command', 'yes'])
    const { token } = await service.logIn()
    other = await serve()
    const slow = asAdmin('DEBUG', 'SLEEP', '1.5').catch(() => {})
    await sleep(20)
    expect(await check(token, other)).toBe('unavailable')
    await slow
    await until(async () => (await check(token, other)) === true)
  })

  test.each([
    ['a wrong password', ['--requirepass', 'right'], 'redis://:wrong-canary@', '', 'wrongpass'],
    ['no password', ['--requirepass', 'right'], 'redis://', '', 'noauth'],
    ['a database that is not there', [], 'redis://', '/99', 'wrong_database'],
  ])(
    '%s: 503, and the log names the setting, not its value',
    async (_what, settings, scheme, path, reason) => {
      await begin(settings, url => url.replace('redis://', scheme) + path)
      expect((await service.http.get('/readyz')).status).toBe(503)
      const lost = service.logLines.filter(({ event }) => event === 'store_connection_lost')
      expect(lost).toEqual([
        { level: 'warn', event: 'store_connection_lost', fields: { setting: SETTING, reason } },
      ])
      expect(JSON.stringify(service.logLines)).not.toMatch(/canary|127\.0\.0\.1/)
    },
  )
  const SETTING = 'REDIS_URL (redisUrl)'
})
