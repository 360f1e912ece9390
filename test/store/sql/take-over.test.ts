import {
  Kysely,
  type Migration,
  Migrator,
  MysqlDialect,
  PostgresDialect,
  SqliteDialect,
} from 'kysely'
import { createPool } from 'mysql2'
import mysql from 'mysql2/promise'
import pg from 'pg'
import type { Store } from '../../../src/store/contract/store'
import { openStore } from '../../../src/store/open'
import { CHANGES_TABLE, CHANGES_TRIGGERS } from '../../../src/store/sql/changes-names'
import type { SqlDialect } from '../../../src/store/sql/tables'
import { openSqlite } from '../../../src/store/sqlite/binding'
import { available, startMariadb, startPostgres } from '../../support/databases'
import { quiet } from '../../support/quiet'
import { startService } from '../../support/service'
import { temporaryDatabase } from '../../support/temporary'
import { RELEASED_STEPS, releasedDatabase } from './released-schema'

/** A database of a test's own, and a client of it beside the service. */
interface Place {
  readonly dialect: SqlDialect
  readonly url: string
  run(...statements: readonly string[]): Promise<void>
  /** The first column of each row. */
  column(query: string): Promise<unknown[]>
  readonly tables: string
  /** As the version before connects for its migrations. */
  kysely(): Kysely<unknown>
  /** Makes every insert into `login_migrations` fail. */
  readonly block: readonly string[]
  readonly unblock: string
  empty(): Promise<void>
  remove(): Promise<void>
}

function sqlite(): Place {
  const { url, file, remove } = temporaryDatabase()
  const column = async (query: string) => {
    const database = openSqlite(file, { busyTimeoutMs: 100, cacheKib: 1000 })
    const rows = database.prepare(query).all() as object[]
    database.close()
    return rows.map(row => Object.values(row)[0])
  }
  const run = async (...statements: readonly string[]) => {
    const database = openSqlite(file, { busyTimeoutMs: 100, cacheKib: 1000 })
    for (const statement of statements) database.exec(statement)
    database.close()
  }
  return {
    dialect: 'sqlite',
    url,
    run,
    column,
    kysely: () => {
      const database = openSqlite(file, { busyTimeoutMs: 100, cacheKib: 1000 })
      const prepare = (text: string) => {
        const statement = database.prepare(text)
        return {
          reader: statement.columns().length > 0,
          all: (params: readonly unknown[]) => statement.all(...params),
          run: (params: readonly unknown[]) => statement.run(...params),
          iterate: () => [][Symbol.iterator](),
        }
      }
      const dialect = new SqliteDialect({ database: { prepare, close: () => database.close() } })
      return new Kysely({ dialect })
    },
    tables: `select name from sqlite_schema where type in ('table', 'index') and sql is not null`,
    block: [
      `create trigger stop before insert on login_migrations begin select raise(abort, 'stop'); end`,
    ],
    unblock: 'drop trigger stop',
    async empty() {
      const names = `select name from sqlite_schema where type = 'table' and name not like 'sqlite%'`
      await run('pragma foreign_keys = off')
      const tables = await column(names)
      const drops = tables.map(name => `drop table "${name}"`)
      await run(`pragma foreign_keys = off; ${drops.join(';')}`)
    },
    async remove() {
      remove()
    },
  }
}

async function postgres(): Promise<Place> {
  const server = await startPostgres(['fsync=off'])
  const client = new pg.Client(server.url)
  await client.connect()
  const run = async (...statements: readonly string[]) => {
    for (const statement of statements) await client.query(statement)
  }
  return {
    dialect: 'postgres',
    url: server.url,
    run,
    column: async query => (await client.query(query)).rows.map(row => Object.values(row)[0]),
    kysely: () => {
      const pool = new pg.Pool({ connectionString: server.url, max: 1 })
      return new Kysely({ dialect: new PostgresDialect({ pool }) })
    },
    tables: `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'i')`,
    block: [
      `create function stop() returns trigger language plpgsql as $$ begin raise 'stop'; end $$`,
      'create trigger stop before insert on login_migrations for each row execute function stop()',
    ],
    unblock: 'drop trigger stop on login_migrations',
    empty: () => run('drop schema public cascade', 'create schema public'),
    async remove() {
      await client.end()
      await server.remove()
    },
  }
}

async function mariadb(): Promise<Place> {
  const server = await startMariadb(['innodb-flush-log-at-trx-commit=0'])
  const client = await mysql.createConnection(server.url)
  const run = async (...statements: readonly string[]) => {
    for (const statement of statements) await client.query(statement)
  }
  return {
    dialect: 'mysql',
    url: server.url,
    run,
    column: async query =>
      ((await client.query(query))[0] as object[]).map(row => Object.values(row)[0]),
    kysely: () => {
      const pool = createPool({ uri: server.url, connectionLimit: 1 })
      return new Kysely({ dialect: new MysqlDialect({ pool }) })
    },
    tables: `select table_name from information_schema.tables where table_schema = database()
      union all select constraint_name from information_schema.referential_constraints
      where constraint_schema = database()`,
    block: [
      `create trigger stop before insert on login_migrations for each row signal sqlstate '45000'`,
    ],
    unblock: 'drop trigger stop',
    empty: () => run('drop database if exists login', 'create database login', 'use login'),
    async remove() {
      await client.end()
      await server.remove()
    },
  }
}

const PLACES: Readonly<Record<string, () => Place | Promise<Place>>> = {
  SQLite: sqlite,
  ...(available('postgres') && { PostgreSQL: postgres }),
  ...(available('mariadb') && { MariaDB: mariadb }),
}

describe.each(Object.keys(PLACES))('on %s', kind => {
  let place: Place
  const stores: Store[] = []

  beforeAll(async () => {
    place = await (PLACES[kind] as () => Place | Promise<Place>)()
  })
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
    await place.empty()
  })
  afterAll(() => place.remove())

  async function open(tablePrefix?: string): Promise<Store> {
    const store = await openStore(place.url, { ...quiet, tablePrefix })
    stores.push(store)
    // A store that could not be opened yet would go on migrating behind the test's back.
    await store.ping()
    return store
  }
  const names = async () => (await place.column(place.tables)).map(String).sort()

  async function expectAllKept(store: Store): Promise<void> {
    expect(await store.sessions.find({ id: 's1', userId: 'u1' })).toMatchObject({
      openid: 'openid-1',
      sealed: 'kid.sealed',
      sessionKeyHash: 'key-1',
      expiresAt: 9000,
      newestKeyHash: 'key-1',
      newestKeyAt: 5,
    })
    expect((await store.users.findByPhone('13800000000')).map(({ id }) => id)).toEqual(['u1'])
    expect((await store.users.findByUnionid('union-1')).map(({ id }) => id)).toEqual(['u1'])
    expect(await store.codes.find('h1')).toMatchObject({ status: 'done', userId: 'u1' })
    expect(await store.counters.count('address', 1000, 8)).toEqual({ count: 4, endsAt: 9000 })
  }

  async function logIn(store: Store, name: string): Promise<string> {
    const { userId } = await store.sessions.begin({
      ...{ codeHash: name, owner: name, sessionId: name, newUserId: name, openid: 'openid-1' },
      ...{ appid: 'wx0000000000000000', unionid: null, sealed: 'sealed', sessionKeyHash: 'key-2' },
      ...{ now: 8, expiresAt: 9000 },
      ...{ proof: null, unionidProof: null, sessionRef: 'ref' },
    })
    return userId
  }

  test('a database of the version before keeps all that it holds, under the new names', async () => {
    await place.run(...releasedDatabase(place.dialect))
    const store = await open()
    await expectAllKept(store)
    expect(await store.values.read('lease', 8)).toBe('holder')
    expect(await logIn(store, 'later')).toBe('u1')
    const left = (await names()).filter(name => !name.startsWith('mpl_'))
    // What stays is the list of its steps, so that it refuses to start.
    expect(left.filter(name => !name.startsWith('login_migrations'))).toEqual([])
    await stores.pop()?.close()
    await expectAllKeptAgain(await open())
  })
  const expectAllKeptAgain = async (store: Store) => {
    expect(await store.sessions.find({ id: 's1', userId: 'u1' })).toMatchObject({ id: 's1' })
    expect(await store.sessions.find({ id: 'later', userId: 'u1' })).toMatchObject({ id: 'later' })
  }

  test('a database of the first release is taken over, and brought up to date', async () => {
    await place.run(...releasedDatabase(place.dialect, '0007'))
    const store = await open()
    expect(await store.codes.find('h1')).toMatchObject({ status: 'done', userId: 'u1' })
    const found = await store.sessions.find({ id: 's1', userId: 'u1' })
    expect(found).toMatchObject({ sealed: 'kid.sealed', newestKeyCheck: null })
    await store.values.write('lease', 'other', { now: 8, expiresAt: 9000 })
    expect(await logIn(store, 'later')).toBe('u1')
  })

  test('the version before refuses to start afterwards, and makes no empty tables', async () => {
    await place.run(...releasedDatabase(place.dialect))
    await open()
    const before = await names()
    const db = place.kysely()
    const steps = Object.fromEntries(RELEASED_STEPS.map(step => [step, unreachable]))
    const migrator = new Migrator({
      db,
      provider: { getMigrations: async () => steps },
      migrationTableName: 'login_migrations',
      migrationLockTableName: 'login_migrations_lock',
    })
    const { error } = await migrator.migrateToLatest()
    await db.destroy()
    expect(String(error)).toMatch(/0000_tables_were_renamed_see_TABLE_PREFIX is missing/)
    const made = (await names()).filter(name => !before.includes(name))
    // Kysely's own list and lock, which it makes before it looks at the steps.
    expect(made.filter(name => !name.startsWith('login_migrations_lock'))).toEqual([])
  })

  test('four that start together on it take it over once', async () => {
    await place.run(...releasedDatabase(place.dialect))
    const opened = await Promise.all([open(), open(), open(), open()])
    await expectAllKept(opened[0] as Store)
    const marks = await place.column(`select name from login_migrations where name like '0000%'`)
    expect(marks).toHaveLength(1)
  })

  test('an interruption leaves nothing that the next start does not finish', async () => {
    await place.run(...releasedDatabase(place.dialect), ...place.block)
    await expect(open()).rejects.toMatchObject({ name: 'ConfigError' })
    const isRolledBack = place.dialect !== 'mysql'
    expect((await names()).includes('users')).toBe(isRolledBack)
    await place.run(place.unblock)
    await expectAllKept(await open())
  })

  test('a host app’s own users and sessions are left alone', async () => {
    const foreign = [
      'create table users (id integer primary key, name varchar(20))',
      'create table sessions (sid varchar(20))',
      'create table login_migrations (name varchar(20))',
      `insert into users values (1, 'host')`,
      `insert into login_migrations values ('0001_users')`,
    ]
    await place.run(...foreign)
    const store = await open()
    await logIn(store, 'one')
    expect(await place.column('select name from users')).toEqual(['host'])
    expect(await place.column('select count(*) from sessions').then(([n]) => Number(n))).toBe(0)
    expect(await place.column('select name from login_migrations')).toEqual(['0001_users'])
  })

  test('a list of migrations that holds one step of somebody else’s is not ours', async () => {
    await place.run(
      ...releasedDatabase(place.dialect),
      `insert into login_migrations values ('2026_add_invoices', 'now')`,
    )
    const store = await open()
    expect(await store.sessions.find({ id: 's1', userId: 'u1' })).toBeUndefined()
    expect(await place.column('select id from sessions')).toEqual(['s1'])
  })

  test('two prefixes in one database are two services', async () => {
    const [one, two] = [await open('a_'), await open('b_')]
    await logIn(one, 'first')
    await logIn(two, 'second')
    expect(await one.sessions.find({ id: 'second', userId: 'second' })).toBeUndefined()
    expect(await one.sessions.find({ id: 'first', userId: 'first' })).toBeDefined()
    expect(await two.sessions.find({ id: 'second', userId: 'second' })).toBeDefined()
  })

  test('only the first prefix that starts takes over what the version before left', async () => {
    await place.run(...releasedDatabase(place.dialect))
    const [one, two] = [await open('a_'), await open('b_')]
    await expectAllKept(one)
    expect(await two.sessions.find({ id: 's1', userId: 'u1' })).toBeUndefined()
    await expect(open('')).rejects.toMatchObject({
      message: expect.stringContaining('TABLE_PREFIX'),
    })
  })

  test('without a prefix the tables stay where they are, and no other service takes them', async () => {
    await place.run(...releasedDatabase(place.dialect))
    const bare = await open('')
    await expectAllKept(bare)
    const other = await open('mpl_')
    expect(await other.sessions.find({ id: 's1', userId: 'u1' })).toBeUndefined()
    expect(await logIn(bare, 'later')).toBe('u1')
  })

  test('without a prefix, beside tables of somebody else, it refuses to start', async () => {
    await place.run('create table users (id integer primary key)')
    await expect(open('')).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringMatching(/schema_foreign.*TABLE_PREFIX/s),
    })
    expect(await names()).toEqual(
      place.dialect === 'postgres' ? ['users', 'users_pkey'] : ['users'],
    )
  })
})

const unreachable: Migration = {
  async up() {
    throw new Error('the version before must not get so far')
  },
}

test('a login that was made before the tables were renamed still holds', async () => {
  const database = temporaryDatabase()
  const before = await startService({ database: database.url })
  const { token } = await before.logIn()
  await before.close()
  const old = openSqlite(database.file, { busyTimeoutMs: 100, cacheKib: 1000 })
  for (const trigger of CHANGES_TRIGGERS) old.exec(`drop trigger mpl_${trigger}`)
  old.exec(`drop table mpl_${CHANGES_TABLE}`)
  for (const table of ['users', 'sessions', 'login_codes', 'call_counts', 'shared_values']) {
    old.exec(`alter table mpl_${table} rename to ${table}`)
  }
  old.exec('alter table mpl_login_migrations rename to login_migrations')
  old.exec('alter table mpl_login_migrations_lock rename to login_migrations_lock')
  old.exec('drop table mpl_data_keys')
  old.exec('alter table users drop column proof')
  old.exec('alter table users drop column unionid_proof')
  old.exec('alter table login_codes drop column session_ref')
  old.exec(`delete from login_migrations where name like '0000%' or name > '0014'`)
  old.close()
  const after = await startService({ database: database.url })
  const { body } = await after.http.get(`/checklogin?token=${token}`).expect(200)
  expect(body.is_login).toBe(true)
  await after.close()
  database.remove()
})
