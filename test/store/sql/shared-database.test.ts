import { writeFileSync } from 'node:fs'
import mysql from 'mysql2/promise'
import pg from 'pg'
import type { Store } from '../../../src/store/contract/store'
import { openStore } from '../../../src/store/open'
import {
  available,
  type DatabaseServer,
  startMariadb,
  startPostgres,
} from '../../support/databases'
import { startPgbouncer } from '../../support/pgbouncer'
import { quiet } from '../../support/quiet'
import { releasedDatabase } from './released-schema'

const describePostgres = available('postgres') ? describe : describe.skip
const describeMariadb = available('mariadb') ? describe : describe.skip
const testPgbouncer = available('pgbouncer') ? test : test.skip

const refusedWith = (message: RegExp) => ({
  name: 'ConfigError',
  message: expect.stringMatching(message),
})

async function logIn(store: Store, name: string): Promise<void> {
  await store.sessions.begin({
    ...{ codeHash: name, owner: name, sessionId: name, newUserId: name, openid: name },
    ...{ appid: 'wx0000000000000000', unionid: null, sealed: 'sealed', sessionKeyHash: 'key' },
    ...{ now: 1, expiresAt: 9000 },
    ...{ proof: null, unionidProof: null, sessionRef: 'ref' },
  })
}

describePostgres('a PostgreSQL database that others use, too', () => {
  let server: DatabaseServer
  let admin: pg.Client
  const stores: Store[] = []

  beforeAll(async () => {
    server = await startPostgres(['fsync=off'])
    admin = new pg.Client(server.url)
    await admin.connect()
  })
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
    const { rows } = await admin.query<{ name: string }>(
      `select nspname as name from pg_namespace where nspname !~ '^(pg_|information_schema)'`,
    )
    for (const { name } of rows) await admin.query(`drop schema "${name}" cascade`)
    await admin.query('create schema public')
    await admin.query('grant all on schema public to public')
  })
  afterAll(async () => {
    await admin.end()
    await server.remove()
  })

  async function open(url: string): Promise<Store> {
    const store = await openStore(url, quiet)
    stores.push(store)
    await store.ping()
    return store
  }
  const as = (user: string) => server.url.replace('//test@', `//${user}@`)
  async function tablesIn(schema: string): Promise<string[]> {
    const query = 'select tablename as name from pg_tables where schemaname = $1'
    const { rows } = await admin.query<{ name: string }>(query, [schema])
    return rows.map(({ name }) => name)
  }

  async function expectTwoServices(one: string, two: string): Promise<void> {
    const [first, second] = [await open(one), await open(two)]
    await logIn(first, 'one')
    await logIn(second, 'two')
    expect(await first.sessions.find({ id: 'two', userId: 'two' })).toBeUndefined()
    expect(await second.sessions.find({ id: 'two', userId: 'two' })).toBeDefined()
    expect(await first.sessions.find({ id: 'one', userId: 'one' })).toBeDefined()
  }

  test('?schema= makes its tables in that schema, which it creates, and nowhere else', async () => {
    await open(`${server.url}?schema=Login-1`)
    expect(await tablesIn('Login-1')).toEqual(
      expect.arrayContaining(['mpl_users', 'mpl_sessions', 'mpl_login_migrations']),
    )
    expect(await tablesIn('public')).toEqual([])
  })

  test('four that start together create the schema once', async () => {
    const url = `${server.url}?schema=four`
    await Promise.all([open(url), open(url), open(url), open(url)])
    expect(await tablesIn('four')).toContain('mpl_users')
  })

  test('two schemas are two services', () =>
    expectTwoServices(`${server.url}?schema=a`, `${server.url}?schema=b`))

  test('a schema of one’s own and the public one are two services, whichever is first', async () => {
    await expectTwoServices(server.url, `${server.url}?schema=a`)
  })

  testPgbouncer('two schemas behind PgBouncer are two services', async () => {
    const pgbouncer = await startPgbouncer(server, { default_pool_size: '1' })
    const of = (schema: string) => `${pgbouncer.url}?schema=${schema}&pgbouncer=true`
    await expectTwoServices(of('a'), of('b'))
    for (const store of stores.splice(0)) await store.close()
    await pgbouncer.remove()
  })

  test('the search path of a role is its schema: tables of the same name elsewhere are not looked at', async () => {
    await open(server.url)
    await admin.query('create role other login; create schema other authorization other')
    await admin.query('alter role other set search_path = other')
    await expectTwoServices(server.url, as('other'))
    expect(await tablesIn('other')).toContain('mpl_users')
  })

  test('only tables of the version before in the same schema are taken over', async () => {
    await admin.query('create schema old')
    await admin.query('set search_path = old')
    for (const statement of releasedDatabase('postgres')) await admin.query(statement)
    await admin.query('reset search_path')
    const beside = await open(`${server.url}?schema=beside`)
    expect(await beside.sessions.find({ id: 's1', userId: 'u1' })).toBeUndefined()
    expect(await tablesIn('old')).toContain('users')
    const taking = await open(`${server.url}?schema=old`)
    expect(await taking.sessions.find({ id: 's1', userId: 'u1' })).toBeDefined()
    expect(await tablesIn('old')).not.toContain('users')
  })

  test('what stops a start is said in words, with the fix', async () => {
    const refused = (url: string, message: RegExp) =>
      expect(openStore(url, quiet)).rejects.toMatchObject(refusedWith(message))
    await admin.query('drop role if exists poor; create role poor login')
    await refused(server.url.replace('/postgres', '/none'), /3D000.*database does not exist/)
    await refused(`${as('poor')}?schema=poor`, /42501.*lacks a right/)
    await admin.query('revoke create on schema public from public')
    await refused(as('poor'), /42501.*lacks a right/)
    await admin.query('alter role poor set search_path = nowhere')
    await refused(as('poor'), /3F000.*schema/)
    await admin.query('create schema mine; create table mine.mpl_users (id int)')
    await refused(`${server.url}?schema=mine`, /schema_foreign.*TABLE_PREFIX/)
  })

  test('a password that is wrong, or missing, is said in words', async () => {
    const { rows } = await admin.query<{ hba_file: string }>('show hba_file')
    await admin.query(`create role secret login password 'p@ss/w#rd'`)
    const file = String(rows[0]?.hba_file)
    writeFileSync(file, `host all secret 127.0.0.1/32 scram-sha-256\nhost all all all trust\n`)
    await admin.query('select pg_reload_conf()')
    const refused = (password: string, message: RegExp) =>
      expect(openStore(as(`secret${password}`), quiet)).rejects.toMatchObject(refusedWith(message))
    await refused(':wrong', /28P01.*percent-encoded/)
    await refused('', /password_missing.*holds none/)
    await (await openStore(`${as('secret:p%40ss%2Fw%23rd')}?schema=public`, quiet)).close()
    await admin.query('drop owned by secret cascade')
  })
})

describeMariadb('a MariaDB that others use, too', () => {
  let server: DatabaseServer
  beforeAll(async () => {
    server = await startMariadb()
  })
  afterAll(() => server.remove())

  test('what stops a start is said in words, with the fix', async () => {
    const admin = await mysql.createConnection(server.url)
    await admin.query('create table if not exists mpl_users (id int)')
    const refused = (url: string, message: RegExp) =>
      expect(openStore(url, quiet)).rejects.toMatchObject(refusedWith(message))
    await refused(server.url, /schema_foreign.*TABLE_PREFIX/)
    await admin.query('drop table mpl_users')
    await refused(server.url.replace('test-only', 'wrong'), /ER_ACCESS_DENIED.*percent-encoded/)
    await refused(server.url.replace('/login', '/t_none'), /ER_BAD_DB_ERROR.*does not exist/)
    await refused(server.url.replace('/login', '/mysql'), /ER_\w+.*(rights|right)/)
    await admin.end()
  })
})
