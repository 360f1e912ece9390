import { setTimeout as sleep } from 'node:timers/promises'
import type { Response } from 'supertest'
import { openStore } from '../../../src/store/open'
import { available, type DatabaseServer } from '../../support/databases'
import { type Service, startService } from '../../support/service'
import { type Admin, SQL_SERVERS, type SqlServer } from '../../support/sql-servers'

/** A second is promised; a loaded machine gets half of one on top. */
const SOON_MS = 1500
const SETTING = 'DATABASE_URL (database)'
const UNAVAILABLE = { status: 503, error: 'store_unavailable', retryAfter: '1' }

const kinds = Object.keys(SQL_SERVERS).filter(name =>
  available(SQL_SERVERS[name]?.program as never),
)

describe.each(kinds)('a %s that fails', name => {
  const server = SQL_SERVERS[name] as SqlServer
  let database: DatabaseServer
  let service: Service
  let admins: Admin[] = []

  beforeAll(async () => {
    database = await server.start()
  }, 60_000)
  afterAll(() => database.remove())
  afterEach(async () => {
    for (const admin of admins) admin.end()
    admins = []
    await service?.close()
  })

  const url = (parameters = '?connection_limit=4') => server.urlFor(database) + parameters
  const serve = async (at = url()) => {
    service = await startService({ database: at, wxTimeoutMs: 1000, rateLimit: 10_000 })
  }
  async function admin(): Promise<Admin> {
    const connected = await server.connect(database)
    admins.push(connected)
    return connected
  }
  const readyz = async () => (await service.http.get('/readyz')).status

  /** Every failure is this one, and in time. */
  async function timely(asked: PromiseLike<Response>): Promise<Response> {
    const begun = performance.now()
    const answer = await asked
    expect(performance.now() - begun).toBeLessThan(SOON_MS)
    const { status, body, headers } = answer
    if (status !== 200) {
      expect({ status, error: body.error, retryAfter: headers['retry-after'] }).toEqual(UNAVAILABLE)
    }
    return answer
  }

  /** What a token's owner sees: true, false, or that the store cannot be asked; never else. */
  async function check(token: string): Promise<boolean | 'unavailable'> {
    const { status, body } = await timely(service.http.get(`/checklogin?token=${token}`))
    return status === 200 ? body.is_login : 'unavailable'
  }

  async function tryLogin(user = 'alice'): Promise<{ status: number; token: string }> {
    const code = service.simulator.mintCode({ user })
    const { status, body } = await timely(service.http.post('/login').send({ code }))
    return { status, token: body.token }
  }

  const tryLogout = (token: string) =>
    timely(service.http.post('/logout').set('Authorization', `Bearer ${token}`))

  async function until(met: () => Promise<boolean>, ms = 5000): Promise<void> {
    const begun = performance.now()
    while (!(await met())) {
      if (performance.now() - begun > ms) throw new Error('it did not come to that')
      await sleep(10)
    }
  }

  const eventsOf = (level: string) =>
    service.logLines
      .filter(line => line.level === level)
      .map(({ event, fields }) => [event, fields])

  test('down at the start: the service is up and says so, migrates and serves once it is there', async () => {
    await database.stop(server.fast)
    await serve()
    expect((await service.http.get('/livez')).status).toBe(200)
    expect(await readyz()).toBe(503)
    expect((await tryLogin()).status).toBe(503)
    await sleep(300)
    const reason = 'ECONNREFUSED'
    expect(eventsOf('warn')).toEqual([['store_connection_lost', { setting: SETTING, reason }]])
    await database.start()
    await until(async () => (await readyz()) === 200)
    const { token } = await service.logIn()
    expect(await check(token)).toBe(true)
    expect(eventsOf('info')).toContainEqual(['store_connected', { setting: SETTING }])
  })

  test('set up wrong: the start is refused, by the name of the setting', async () => {
    const refused = (at: string, why: RegExp) =>
      expect(openStore(at, { log: silent })).rejects.toMatchObject({
        name: 'ConfigError',
        message: expect.stringMatching(new RegExp(`DATABASE_URL \\(database\\).*${why.source}`)),
      })
    await (await openStore(url(), { log: silent })).close()
    await refused(`${url('')}_missing`, /3D000|ER_/)
    const other = await admin()
    await other.query(`insert into login_migrations values ('0000_of_somebody_else', 'now')`)
    await refused(url(), /schema_unknown/)
    await other.query(`delete from login_migrations where name = '0000_of_somebody_else'`)
  })
  const silent = { info() {}, warn() {}, error() {} }

  test('set up wrong, which shows only once it is there: readyz stays 503 and the log says why', async () => {
    await database.stop(server.fast)
    await serve(`${url('')}_canary`)
    await database.start()
    await until(async () => eventsOf('error').length > 0)
    const reason = name === 'PostgreSQL' ? '3D000' : expect.stringMatching(/^ER_/)
    const fix = expect.any(String)
    expect(eventsOf('error')).toEqual([['store_refused', { setting: SETTING, reason, fix }]])
    expect(await readyz()).toBe(503)
    expect((await service.http.get('/livez')).status).toBe(200)
    expect(JSON.stringify(service.logLines)).not.toMatch(/canary|127\.0\.0\.1|test-only/)
  })

  test('a service that is closed while its database is down tries no longer', async () => {
    await database.stop(server.fast)
    await serve()
    await service.close()
    await database.start()
    await sleep(300)
    expect(eventsOf('info').map(([event]) => event)).not.toContain('store_connected')
  })

  test.each([
    ['restarted', server.fast],
    ['stopped at once and restarted', server.immediate],
  ])(
    '%s under load: 503 only while it is down, every acknowledged login after',
    async (_, signal) => {
      await serve()
      const { token: ended } = await service.logIn()
      expect((await tryLogout(ended)).status).toBe(200)
      const alive = [(await service.logIn()).token]
      const seen: unknown[] = []
      const refusedAt: number[] = []
      let running = true
      const load = Array.from({ length: 4 }, async (_, caller) => {
        while (running) {
          const login = await tryLogin(`user-${caller}-${alive.length}`)
          if (login.status === 200) alive.push(login.token)
          else refusedAt.push(performance.now())
          for (const token of alive.slice(-2)) seen.push(await check(token))
          seen.push((await check(ended)) === true ? 'an ended session is back' : 'fine')
        }
      })
      await sleep(200)
      const down = performance.now()
      await database.stop(signal)
      await sleep(200)
      await database.start()
      await until(async () => (await readyz()) === 200)
      const up = performance.now()
      await sleep(300)
      running = false
      await Promise.all(load)
      expect(new Set(seen)).toEqual(new Set([true, 'unavailable', 'fine']))
      expect(Math.min(...refusedAt)).toBeGreaterThan(down)
      expect(Math.max(...refusedAt)).toBeLessThan(up + SOON_MS)
      expect(alive.length).toBeGreaterThan(4)
      for (const token of alive) expect(await check(token)).toBe(true)
      expect(await check(ended)).toBe(false)
      expect(eventsOf('warn')[0]?.[0]).toBe('store_connection_lost')
    },
  )

  test('hung: 503 within a second, also for those who wait for a connection, then it recovers', async () => {
    await serve()
    const { token } = await service.logIn()
    await database.hang()
    try {
      const checks = Array.from({ length: 8 }, () => check(token))
      const others = [tryLogin(), tryLogout(token)]
      expect(new Set(await Promise.all(checks))).toEqual(new Set(['unavailable']))
      for (const { status } of await Promise.all<{ status: number }>(others))
        expect(status).toBe(503)
      expect((await service.http.get('/livez')).status).toBe(200)
    } finally {
      await database.goOn()
    }
    await until(async () => (await check(token)) === true)
    await service.logIn()
  })

  test('out of connections: 503, at the start as later, until somebody gives one back', async () => {
    const clients: Admin[] = []
    const takeAll = async () => {
      for (;;) clients.push(await admin())
    }
    const free = async () => {
      for (const client of clients.splice(0)) client.end()
    }
    await takeAll().catch(() => {})
    expect(clients.length).toBeGreaterThan(5)
    await serve()
    expect(await readyz()).toBe(503)
    expect((await tryLogin()).status).toBe(503)
    await free()
    await until(async () => (await readyz()) === 200)
    const { token } = await service.logIn()
    await takeAll().catch(() => {})
    // The few connections that the service has go on; only checks that overlap need one more.
    const answers: unknown[] = []
    await until(async () => {
      answers.push(...(await Promise.all(Array.from({ length: 40 }, () => check(token)))))
      return answers.includes('unavailable')
    })
    expect(answers).not.toContain(false)
    await free()
    await until(async () =>
      (await Promise.all([1, 2, 3, 4].map(() => check(token)))).every(Boolean),
    )
  })

  test('a table that is locked: 503 within a second, and nothing of ours waits on', async () => {
    await serve()
    const { token } = await service.logIn()
    const other = await admin()
    for (const sql of server.lockSessions) await other.query(sql)
    const answers = await Promise.all([check(token), check(token), tryLogin()])
    expect(answers).toEqual([
      'unavailable',
      'unavailable',
      expect.objectContaining({ status: 503 }),
    ])
    await until(async () => Number((await other.query(server.waiting))[0]?.n) === 0, 3000)
    await other.query(server.unlock)
    expect(await check(token)).toBe(true)
    await service.logIn()
  })

  test('read-only, as a replica after a failover: checks go on, what writes is a 503', async () => {
    await serve()
    const { token } = await service.logIn()
    const other = await admin()
    const setReadOnly = async (on: boolean) => {
      for (const sql of server.readOnly(on)) await other.query(sql)
    }
    await setReadOnly(true)
    try {
      await until(async () => (await tryLogin()).status === 503)
      expect(await check(token)).toBe(true)
      expect((await tryLogout(token)).status).toBe(503)
      expect(await check(token)).toBe(true)
      expect(await readyz()).toBe(503)
    } finally {
      await setReadOnly(false)
    }
    await until(async () => (await readyz()) === 200)
    expect((await tryLogin()).status).toBe(200)
    expect((await tryLogout(token)).status).toBe(200)
    expect(await check(token)).toBe(false)
  })

  test('emptied: everybody is logged out, nobody who was logged out comes back', async () => {
    await serve()
    const { token } = await service.logIn()
    const { token: ended } = await service.logIn()
    expect((await tryLogout(ended)).status).toBe(200)
    const other = await admin()
    await other.query('delete from sessions')
    expect(await check(token)).toBe(false)
    expect(await check(ended)).toBe(false)
    expect(await check((await service.logIn()).token)).toBe(true)
  })

  test('a deadlock is tried again, and the login succeeds', async () => {
    await serve()
    const store = await openStore(url(), { log: silent })
    const code = {
      codeHash: 'deadlock',
      owner: 'o',
      now: Date.now(),
      expiresAt: Date.now() + 60_000,
    }
    await store.claimCode({ ...code, idempotencyHash: null })
    const login = { ...code, appid: 'wx', openid: 'deadlock', unionid: null, newUserId: 'deadlock' }
    const secrets = { sealed: 'sealed', keyHash: 'key' }
    await store.completeLogin({ ...login, ...secrets, sessionId: 'first', codeHash: 'other' })
    const other = await admin()
    // Heavier than the login, so that MariaDB ends the login's side; PostgreSQL ends who waited first.
    if (name === 'PostgreSQL') await other.query(`set deadlock_timeout = '10s'`)
    await other.query('create table if not exists heavy (n int)')
    await other.query('begin')
    await other.query(`insert into heavy values ${Array(100).fill('(1)').join()}`)
    await other.query(`update login_codes set settled_at = 1 where hash = 'deadlock'`)
    const completed = store.completeLogin({ ...login, ...secrets, sessionId: 'second' })
    const observer = await admin()
    await until(async () => Number((await observer.query(server.blocked))[0]?.n) > 0)
    await other.query(`update users set unionid = 'deadlock' where openid = 'deadlock'`)
    await other.query('commit')
    await expect(completed).resolves.toEqual({ userId: 'deadlock', isNewUser: true })
    expect((await store.findUser('deadlock'))?.unionid).toBe('deadlock')
    await store.close()
  })
})
