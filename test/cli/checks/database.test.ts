import { readFileSync, writeFileSync } from 'node:fs'
import pg from 'pg'
import { checkDatabase } from '../../../src/cli/checks/database'
import type { Config } from '../../../src/config/config'
import { createLogin } from '../../../src/index'
import { available, freePort, startPostgres } from '../../support/databases'
import { STRETCHED } from '../../support/patience'
import { startPgbouncer } from '../../support/pgbouncer'
import { sqliteAdmin } from '../../support/raw-store'
import { JWT_SECRET } from '../../support/service'
import { sharedDatabase } from '../../support/shared-servers/database'
import { temporaryDatabase } from '../../support/temporary'

const apps = { wx0000000000000000: '5117a7ed5ec7e70005117a7ed5ec7e70' }
const check = async (database: string, jwtSecret = JWT_SECRET) => {
  const config = { database, tablePrefix: 'mpl_', jwtSecret } as unknown as Config
  const checks = await checkDatabase(config, STRETCHED)
  return Object.fromEntries(checks.map(each => [each.name, each]))
}
const start = async (database: string) => {
  const login = await createLogin({ apps, jwtSecret: JWT_SECRET, database, patience: STRETCHED })
  await login.close()
}

describe('SQLite', () => {
  let database: ReturnType<typeof temporaryDatabase>
  beforeEach(() => {
    database = temporaryDatabase()
  })
  afterEach(() => database.remove())

  test('a file that is not there is made by the first start, and not by the question', async () => {
    expect(await check(database.url)).toEqual({
      database: expect.objectContaining({ status: 'ok', found: expect.stringContaining('首次') }),
    })
    expect(() => readFileSync(database.file)).toThrow('ENOENT')
  })

  test('a database in use is well: version, schema and the data key', async () => {
    await start(database.url)
    const { database: found, schema, data_key } = await check(database.url)
    expect(found).toMatchObject({ status: 'ok', found: expect.stringMatching(/^sqlite 3\./) })
    expect([schema?.status, data_key?.status]).toEqual(['ok', 'ok'])
  })

  test('another JWT_SECRET does not open the data key: a failure', async () => {
    await start(database.url)
    const { data_key } = await check(database.url, 'W9dRk2Nf6Xt1Qm8Zb4Vc7Lg0Jh5Sp3Ye')
    expect(data_key).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('JWT_SECRET_PREVIOUS'),
    })
  })

  test('a data key that is gone beside users is a failure', async () => {
    await start(database.url)
    const admin = sqliteAdmin(database.file)
    await admin.query('delete from mpl_data_keys')
    const columns = 'id, appid, openid, key_hash, key_at, created_at, last_login_at'
    await admin.query(`insert into mpl_users (${columns}) values ('u', 'a', 'o', 'k', 1, 1, 1)`)
    admin.end()
    expect((await check(database.url)).data_key).toMatchObject({ status: 'fail' })
  })

  test('a damaged file, and one that is no database, are failures', async () => {
    await start(database.url)
    const bytes = readFileSync(database.file)
    writeFileSync(database.file, bytes.fill(0x55, 5000, 20_000))
    expect((await check(database.url)).database).toMatchObject({ status: 'fail' })
    writeFileSync(database.file, 'not a database at all'.repeat(100))
    expect((await check(database.url)).database).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('backup'),
    })
  })

  test('somebody else’s table with our name is a failure', async () => {
    const admin = sqliteAdmin(database.file)
    await admin.query('create table mpl_users (a)')
    admin.end()
    expect((await check(database.url)).schema).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('TABLE_PREFIX'),
    })
  })

  test('steps of a newer version are a warning, and steps that are missing are said', async () => {
    await start(database.url)
    const admin = sqliteAdmin(database.file)
    await admin.query("insert into mpl_login_migrations values ('9999_future', 'now')")
    expect((await check(database.url)).schema).toMatchObject({ status: 'warn' })
    await admin.query("delete from mpl_login_migrations where name > '0016'")
    admin.end()
    expect((await check(database.url)).schema).toMatchObject({
      status: 'ok',
      found: expect.stringMatching(/takes \d steps/),
    })
  })
})

test('memory: is a warning', async () => {
  expect((await check('memory:')).database).toMatchObject({ status: 'warn' })
})

test('a server that is down is a failure, without its password', async () => {
  const found = await check(`postgres://u:canary@127.0.0.1:${await freePort()}/x`)
  expect(found.database).toMatchObject({
    status: 'fail',
    found: expect.stringContaining('ECONNREFUSED'),
  })
  expect(JSON.stringify(found)).not.toContain('canary')
})

const withPostgres = available('postgres') ? describe : describe.skip
withPostgres('PostgreSQL', () => {
  const query = async (url: string, ...statements: string[]) => {
    const client = new pg.Client(url)
    await client.connect()
    for (const statement of statements) await client.query(statement)
    await client.end()
  }

  test('an empty database is well, and stays empty', async () => {
    const { url } = await sharedDatabase('postgres')
    const { database, schema } = await check(url)
    expect(database).toMatchObject({ status: 'ok', found: expect.stringMatching(/^postgres \d+/) })
    expect(schema?.found).toContain('the next start makes the tables')
    await query(url, 'create table mpl_users (id int)')
  })

  test('a database in use is well', async () => {
    const { url } = await sharedDatabase('postgres')
    await start(url)
    const found = await check(url)
    expect(Object.values(found).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok'])
  })

  test('a server that takes no writes, and a user without rights, are failures', async () => {
    const { url } = await sharedDatabase('postgres')
    const name = new URL(url).pathname.slice(1)
    const role = `weak_${name}`
    await query(
      url,
      `create role ${role} login password 'pw'`,
      'revoke create on schema public from public',
      `alter role ${role} set default_transaction_read_only = on`,
    )
    const weak = new URL(url)
    weak.username = role
    weak.password = 'pw'
    const { database, schema } = await check(weak.href)
    expect(database).toMatchObject({ status: 'fail', found: expect.stringContaining('只读') })
    expect(schema).toMatchObject({ status: 'fail', fix: expect.stringContaining('GRANT CREATE') })
  })

  test('a database that does not exist is a failure with the fix', async () => {
    const { url } = await sharedDatabase('postgres')
    const { database } = await check(`${url}_nowhere`)
    expect(database).toMatchObject({ status: 'fail', fix: expect.stringContaining('create it') })
  })
})

const withPgbouncer = available('postgres') && available('pgbouncer') ? test : test.skip
withPgbouncer(
  'a pooler that the URL does not name is a failure with the parameter to add',
  async () => {
    const server = await startPostgres(['fsync=off'])
    const pgbouncer = await startPgbouncer(server)
    const hidden = await check(pgbouncer.url)
    expect(hidden.database).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('pgbouncer=true'),
    })
    expect((await check(`${pgbouncer.url}?pgbouncer=true`)).database).toMatchObject({
      status: 'ok',
    })
    await pgbouncer.remove()
    await server.remove()
  },
)

const withMariadb = available('mariadb') ? test : test.skip
withMariadb('MariaDB in use is well', async () => {
  const { url } = await sharedDatabase('mariadb')
  await start(url)
  const found = await check(url)
  expect(found.database?.found).toMatch(/^mysql \d+/)
  expect(Object.values(found).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok'])
})
