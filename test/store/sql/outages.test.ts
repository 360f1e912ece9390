import { setTimeout as sleep } from 'node:timers/promises'
import type { Response } from 'supertest'
import { PATIENCE, type Patience } from '../../../src/patience'
import { openStore } from '../../../src/store/open'
import { available, type DatabaseServer } from '../../support/databases'
import { quiet } from '../../support/quiet'
import { type Service, startService } from '../../support/service'
import { type Admin, SQL_SERVERS, type SqlServer } from '../../support/sql-servers'

/**
 * The usual deadline of a call, for tests in which it must pass. That it is kept to a second is shown
 * by a clock in `pooled-driver.test.ts`. Here it is shown by the order: the answer comes while the
 * server still hangs.
 */
const SHORT = { storeMs: PATIENCE.storeMs }
const SETTING = 'DATABASE_URL (database)'
const UNAVAILABLE = { status: 503, error: 'store_unavailable', retryAfter: '1' }

const kinds = Object.keys(SQL_SERVERS).filter(name =>
  available(SQL_SERVERS[name]?.program as never),
)

// jest refuses an empty table: without any server all of them are skipped by name.
const describeKinds =
  kinds.length > 0 ? describe.each(kinds) : describe.skip.each(Object.keys(SQL_SERVERS))

describeKinds('a %s that fails', name => {
  const server = SQL_SERVERS[name] as SqlServer
  let database: DatabaseServer
  let service: Service
  let admins: Admin[] = []

  beforeAll(async () => {
    database = await server.start()
  })
  afterAll(() => database.remove())
  afterEach(async () => {
    for (const admin of admins) admin.end()
    admins = []
    await service?.close()
  })

  const url = (parameters = '?connection_limit=4') => server.urlFor(database) + parameters
  const serve = async (at = url(), patience: Partial<Patience> = {}) => {
    service = await startService({ database: at, rateLimit: 10_000, patience })
  }
  async function admin(): Promise<Admin> {
    const connected = await server.connect(database)
    admins.push(connected)
    return connected
  }
  const readyz = async () => (await service.http.get('/readyz')).status

  /** Every failure is this one. */
  async function answerOf(asked: PromiseLike<Response>): Promise<Response> {
    const answer = await asked
    const { status, body, headers } = answer
    if (status !== 200) {
      expect({ status, error: body.error, retryAfter: headers['retry-after'] }).toEqual(UNAVAILABLE)
    }
    return answer
  }

  /** What a token's owner sees: true, false, or that the store cannot be asked; never else. */
  async function check(token: string): Promise<boolean | 'unavailable'> {
    const { status, body } = await answerOf(service.http.get(`/checklogin?token=${token}`))
    return status === 200 ? body.is_login : 'unavailable'
  }

  async function tryLogin(user = 'alice'): Promise<{ status: number; token: string }> {
    const code = service.simulator.mintCode({ user })
    const { status, body } = await answerOf(service.http.post('/login').send({ code }))
    return { status, token: body.token }
  }

  const tryLogout = (token: string) =>
    answerOf(service.http.post('/logout').set('Authorization', `Bearer ${token}`))

  /** Waits until something is so; the test's own time-out ends the wait. */
  async function until(met: () => Promise<boolean>): Promise<void> {
    while (!(await met())) await sleep(10)
  }

  /** A token, also where the deadline is so short that a busy machine may need a second login. */
  async function logInAtLast(user = 'alice'): Promise<string> {
    for (;;) {
      const { status, token } = await tryLogin(user)
      if (status === 200) return token
    }
  }

  /** What the log says of the store itself, beside the requests that failed. */
  const toldOf = (event: 'store.lost' | 'store.back') =>
    service.logLines
      .filter(line => line.event === event)
      .map(({ level, fields: { setting, reason, fix } }) => ({ level, setting, reason, fix }))

  test('down at the start: the service is up and says so, migrates and serves once it is there', async () => {
    await database.stop(server.fast)
    await serve()
    expect((await service.http.get('/livez')).status).toBe(200)
    expect(await readyz()).toBe(503)
    expect((await tryLogin()).status).toBe(503)
    await sleep(300)
    const reason = 'ECONNREFUSED'
    expect(toldOf('store.lost')).toEqual([{ level: 'warn', setting: SETTING, reason }])
    await database.start()
    await until(async () => (await readyz()) === 200)
    const { token } = await service.logIn()
    expect(await check(token)).toBe(true)
    expect(toldOf('store.back').at(-1)).toEqual({ level: 'info', setting: SETTING })
  })

  test('set up wrong: the start is refused, by the name of the setting', async () => {
    const refused = (at: string, why: RegExp) =>
      expect(openStore(at, quiet)).rejects.toMatchObject({
        name: 'ConfigError',
        message: expect.stringMatching(new RegExp(`DATABASE_URL \\(database\\).*${why.source}`)),
      })
    await (await openStore(url(), quiet)).close()
    await refused(`${url('')}_missing`, /3D000|ER_/)
    const other = await admin()
    await other.query(`insert into mpl_login_migrations values ('0000_of_somebody_else', 'now')`)
    await refused(url(), /schema_unknown/)
    await other.query(`delete from mpl_login_migrations where name = '0000_of_somebody_else'`)
  })

  test('set up wrong, which shows only once it is there: readyz stays 503 and the log says why', async () => {
    await database.stop(server.fast)
    await serve(`${url('')}_canary`)
    await database.start()
    const refusals = () => toldOf('store.lost').filter(({ level }) => level === 'error')
    await until(async () => refusals().length > 0)
    const reason = name === 'PostgreSQL' ? '3D000' : expect.stringMatching(/^ER_/)
    const fix = expect.any(String)
    expect(refusals()).toEqual([{ level: 'error', setting: SETTING, reason, fix }])
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
    expect(toldOf('store.back')).toEqual([])
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
      const refused: string[] = []
      let phase: 'before' | 'down' | 'up' | 'over' = 'before'
      const load = Array.from({ length: 4 }, async (_, caller) => {
        while (phase !== 'over') {
          const askedWhen = phase
          const login = await tryLogin(`user-${caller}-${alive.length}`)
          if (login.status === 200) alive.push(login.token)
          else refused.push(askedWhen === 'before' ? phase : askedWhen)
          for (const token of alive.slice(-2)) seen.push(await check(token))
          seen.push((await check(ended)) === true ? 'an ended session is back' : 'fine')
        }
      })
      await until(async () => alive.length > 4)
      phase = 'down'
      await database.stop(signal)
      await until(async () => refused.length > 0 && seen.includes('unavailable'))
      await database.start()
      await until(async () => (await readyz()) === 200)
      const more = async (count: number, before = alive.length) =>
        until(async () => alive.length >= before + count)
      // Each caller may find one more connection that broke.
      await more(8)
      phase = 'up'
      await more(8)
      phase = 'over'
      await Promise.all(load)
      expect(new Set(seen)).toEqual(new Set([true, 'unavailable', 'fine']))
      expect(new Set(refused)).toEqual(new Set(['down']))
      for (const token of alive) expect(await check(token)).toBe(true)
      expect(await check(ended)).toBe(false)
      expect(toldOf('store.lost')[0]?.level).toBe('warn')
    },
  )

  test('hung: 503 while it hangs, also for those who wait for a connection, then it recovers', async () => {
    await serve(url(), SHORT)
    const token = await logInAtLast()
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
    await logInAtLast()
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

  test('a table that is locked: 503 while it is, and nothing of ours waits on', async () => {
    await serve(url(), SHORT)
    const token = await logInAtLast()
    const other = await admin()
    for (const sql of server.lockSessions) await other.query(sql)
    const answers = await Promise.all([check(token), check(token), tryLogin()])
    expect(answers).toEqual([
      'unavailable',
      'unavailable',
      expect.objectContaining({ status: 503 }),
    ])
    // Still locked: what waits now would be there until somebody unlocks the table.
    await until(async () => Number((await other.query(server.waiting))[0]?.n) === 0)
    await other.query(server.unlock)
    await until(async () => (await check(token)) === true)
    await logInAtLast()
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
    await other.query('delete from mpl_sessions')
    expect(await check(token)).toBe(false)
    expect(await check(ended)).toBe(false)
    expect(await check((await service.logIn()).token)).toBe(true)
  })

  test('a deadlock is tried again, and the login succeeds', async () => {
    await serve()
    // The server finds a deadlock after half a second: a busy machine needs more than what is left.
    const store = await openStore(url(), quiet)
    const code = {
      codeHash: 'deadlock',
      owner: 'o',
      now: Date.now(),
      expiresAt: Date.now() + 60_000,
    }
    await store.codes.claim({ ...code, idempotencyHash: null })
    const login = { ...code, appid: 'wx', openid: 'deadlock', unionid: null, newUserId: 'deadlock' }
    const proofs = { proof: null, unionidProof: null, sessionRef: 'ref' }
    const secrets = { sealed: 'sealed', sessionKeyHash: 'key', ...proofs }
    await store.sessions.begin({ ...login, ...secrets, sessionId: 'first', codeHash: 'other' })
    const other = await admin()
    // Heavier than the login, so that MariaDB ends the login's side; PostgreSQL ends who waited first.
    if (name === 'PostgreSQL') await other.query(`set deadlock_timeout = '10s'`)
    await other.query('create table if not exists heavy (n int)')
    await other.query('begin')
    await other.query(`insert into heavy values ${Array(100).fill('(1)').join()}`)
    await other.query(`update mpl_login_codes set settled_at = 1 where hash = 'deadlock'`)
    const completed = store.sessions.begin({ ...login, ...secrets, sessionId: 'second' })
    const observer = await admin()
    await until(async () => Number((await observer.query(server.blocked))[0]?.n) > 0)
    await other.query(`update mpl_users set unionid = 'deadlock' where openid = 'deadlock'`)
    await other.query('commit')
    await expect(completed).resolves.toMatchObject({ userId: 'deadlock', isNewUser: true })
    expect((await store.users.find('deadlock'))?.unionid).toBe('deadlock')
    await store.close()
  })
})
