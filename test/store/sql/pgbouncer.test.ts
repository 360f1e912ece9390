import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { PATIENCE } from '../../../src/patience'
import { openStore } from '../../../src/store/open'
import { available, type DatabaseServer, startPostgres } from '../../support/databases'
import { startPgbouncer } from '../../support/pgbouncer'
import { quiet } from '../../support/quiet'
import { type Service, startService } from '../../support/service'

const isThere = available('postgres') && available('pgbouncer')
const describePgbouncer = isThere ? describe : describe.skip

/** Two server connections: callers change places, so that what one leaves behind meets another. */
const TRANSACTION = { pool_mode: 'transaction', default_pool_size: '2' }
const SESSION = { pool_mode: 'session' }
const IGNORING = {
  ignore_startup_parameters: 'statement_timeout,lock_timeout,idle_in_transaction_session_timeout',
}

describePgbouncer('behind PgBouncer', () => {
  let database: DatabaseServer
  const pgbouncers: DatabaseServer[] = []
  const services: Service[] = []

  beforeAll(async () => {
    database = await startPostgres(['fsync=off'])
  })
  afterEach(async () => {
    for (const service of services.splice(0)) await service.close()
    for (const pgbouncer of pgbouncers.splice(0)) await pgbouncer.remove()
  })
  afterAll(() => database.remove())

  async function pooled(settings: Readonly<Record<string, string>>): Promise<string> {
    const pgbouncer = await startPgbouncer(database, settings)
    pgbouncers.push(pgbouncer)
    return pgbouncer.url
  }
  async function serve(url: string): Promise<Service> {
    const service = await startService({ database: url, rateLimit: 10_000 })
    services.push(service)
    return service
  }

  test.each([
    ['transaction mode', TRANSACTION],
    ['transaction mode that ignores start-up parameters', { ...TRANSACTION, ...IGNORING }],
    ['session mode', SESSION],
  ])('in %s, with ?pgbouncer=true, many logins at once all hold', async (mode, settings) => {
    const url = `${await pooled(settings)}?pgbouncer=true&connection_limit=8`
    const [one, two] = [await serve(url), await serve(url)]
    const logins = await Promise.all(
      Array.from({ length: 24 }, (_, i) => (i % 2 ? one : two).logIn(`${mode} ${i % 6}`)),
    )
    for (const { token } of logins.slice(-4)) {
      const { body } = await one.http.get(`/checklogin?token=${token}`).expect(200)
      expect(body.is_login).toBe(true)
    }
    const { token } = logins[23] as { token: string }
    await two.http.post('/logout').set('Authorization', `Bearer ${token}`).expect(200)
    const { body } = await one.http.get(`/checklogin?token=${token}`).expect(200)
    expect(body.is_login).toBe(false)
  })

  test('four that start together on an empty database migrate it once, and leave no lock', async () => {
    const url = `${await pooled(TRANSACTION)}?pgbouncer=true`
    const open = async (tablePrefix: string) => {
      const store = await openStore(url, { ...quiet, tablePrefix })
      await store.ping()
      await store.close()
    }
    await Promise.all(Array.from({ length: 4 }, () => open('four_')))
    const client = new pg.Client(database.url)
    await client.connect()
    const { rows } = await client.query(`select 1 from pg_locks where locktype = 'advisory'`)
    expect(rows).toEqual([])
    await client.end()
  })

  test('nothing stays on a connection of the pooler: no named statement, no time-out, no lock', async () => {
    const url = await pooled({ ...TRANSACTION, default_pool_size: '1' })
    const service = await serve(`${url}?pgbouncer=true`)
    await service.logIn()
    const next = new pg.Client(url)
    await next.connect()
    const of = async (query: string) => (await next.query(query)).rows
    expect(await of('select name from pg_prepared_statements')).toEqual([])
    expect(await of('show statement_timeout')).toEqual([{ statement_timeout: '0' }])
    expect(await of(`select 1 from pg_locks where locktype = 'advisory'`)).toEqual([])
    await next.end()
  })

  test('a statement of ours that waits for a lock is ended by the server, as without a pooler', async () => {
    const url = `${await pooled(TRANSACTION)}?pgbouncer=true`
    const store = await openStore(url, { ...quiet, patience: PATIENCE })
    await store.ping()
    const other = new pg.Client(database.url)
    await other.connect()
    await other.query('begin')
    await other.query('lock table mpl_sessions, mpl_call_counts in access exclusive mode')
    const calls = [
      store.sessions.find({ id: 'none', userId: 'none' }),
      store.counters.count('name', 1000, 1),
    ]
    const unavailable = { reason: { code: 'store_unavailable' } }
    expect(await Promise.allSettled(calls)).toMatchObject([unavailable, unavailable])
    // Still locked: what waits now would be there until somebody unlocks the tables.
    const waiting = 'select 1 from pg_locks where not granted'
    while ((await other.query(waiting)).rows.length > 0) await sleep(20)
    await other.query('rollback')
    await other.end()
    await store.close()
  })

  test.each([
    ['as it is installed', {}],
    ['that ignores start-up parameters', IGNORING],
    ['in session mode', SESSION],
  ])(
    'without ?pgbouncer=true, one %s refuses the start and says what to do',
    async (_, settings) => {
      const url = await pooled(settings)
      await expect(openStore(url, quiet)).rejects.toMatchObject({
        name: 'ConfigError',
        message: expect.stringMatching(/DATABASE_URL.*PgBouncer.*pgbouncer=true/s),
      })
    },
  )
})
