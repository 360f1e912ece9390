import { setTimeout as sleep } from 'node:timers/promises'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'
import { openStore } from '../../../src/store/open'
import { stepsFor } from '../../../src/store/sql/steps'
import { openSqlite } from '../../../src/store/sqlite/binding'
import { available, startMariadb, startPostgres } from '../../support/databases'
import { quiet } from '../../support/quiet'
import { startServer } from '../../support/server-process'
import { temporaryDatabase, temporaryFolder } from '../../support/temporary'

const INSTANCES = 4
const ROUNDS = 3
/** What Kysely locks before it migrates: `postgres-adapter.js`, `mysql-adapter.js`. */
const POSTGRES_LOCK = '3853314791062309107'
const MYSQL_LOCK = 'ea586330-2c93-47c8-908d-981d9d270f9d'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUps.splice(0).reverse()) await undo()
})

const testPostgres = available('postgres') ? test : test.skip
const testMariadb = available('mariadb') ? test : test.skip

/** Asks the database on a connection of its own; resolves to the column `n` of the first row. */
type Ask = (text: string) => Promise<number>

interface Questions {
  lock: string
  waiting: string
  unlock: string
  wipe: readonly string[]
}

/** What a newer version does while this one, which has just found a step due, waits for the lock. */
async function overtake(url: string, ask: Ask, { lock, waiting, unlock }: Questions) {
  await (await openStore(url, quiet)).close()
  const last = stepsFor('mpl_').at(-1)
  await ask(`delete from mpl_login_migrations where name = '${last}'`)
  await ask(lock)
  const opening = openStore(url, quiet)
  while ((await ask(waiting)) < 1) await sleep(10)
  const steps = `('${last}', '2998-01-01T00:00:00.000Z'), ('9999_of_a_newer_version', '2999-01-01T00:00:00.000Z')`
  await ask(`insert into mpl_login_migrations values ${steps}`)
  await ask(unlock)
  await (await opening).close()
}

/** A start that finds nothing to migrate waits for nobody's lock. */
async function openWhileLocked(url: string, ask: Ask, { lock, unlock }: Questions) {
  await ask(lock)
  await (await openStore(url, quiet)).close()
  await ask(unlock)
}

/** All find an empty database and wait for one lock; only then one of them gets it. */
async function migrateAtOnce(url: string, ask: Ask, questions: Questions): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    await ask(questions.lock)
    const opening = Promise.all(Array.from({ length: INSTANCES }, () => openStore(url, quiet)))
    while ((await ask(questions.waiting)) < INSTANCES) await sleep(10)
    await ask(questions.unlock)
    const stores = await opening
    await Promise.all(stores.map(store => store.ping()))
    await Promise.all(stores.map(store => store.close()))
    const steps = await ask('select count(*) as n from mpl_login_migrations')
    expect(steps).toBeGreaterThan(6)
    for (const statement of questions.wipe) await ask(statement)
  }
}

testPostgres(
  'on PostgreSQL four that start at once migrate once, and a newer one may come first',
  async () => {
    const server = await startPostgres(['fsync=off'])
    cleanUps.push(server.remove)
    const client = new pg.Client(server.url)
    await client.connect()
    cleanUps.push(() => client.end())
    const ask = async (text: string) => Number((await client.query(text)).rows[0]?.n)
    const questions = {
      lock: `select pg_advisory_lock(${POSTGRES_LOCK})`,
      waiting: "select count(*) as n from pg_locks where locktype = 'advisory' and not granted",
      unlock: `select pg_advisory_unlock(${POSTGRES_LOCK})`,
      wipe: ['drop schema public cascade', 'create schema public'],
    }
    await migrateAtOnce(server.url, ask, questions)
    await overtake(server.url, ask, questions)
    await openWhileLocked(server.url, ask, questions)
  },
)

testMariadb(
  'on MariaDB four that start at once migrate once, and a newer one may come first',
  async () => {
    const server = await startMariadb(['innodb-flush-log-at-trx-commit=0'])
    cleanUps.push(server.remove)
    const client = await mysql.createConnection(server.url)
    cleanUps.push(() => client.end())
    const ask = async (text: string) => Number((await client.query<RowDataPacket[]>(text))[0][0]?.n)
    const questions = {
      lock: `select get_lock('${MYSQL_LOCK}', 1)`,
      waiting: "select count(*) as n from information_schema.processlist where state = 'User lock'",
      unlock: `select release_lock('${MYSQL_LOCK}')`,
      wipe: ['drop database login', 'create database login', 'use login'],
    }
    await migrateAtOnce(server.url, ask, questions)
    await overtake(server.url, ask, questions)
    await openWhileLocked(server.url, ask, questions)
  },
)

test('on a SQLite file two processes that find it empty and locked both start once it is free', async () => {
  const { url, file, remove } = temporaryDatabase()
  const folders = [temporaryFolder(), temporaryFolder()]
  cleanUps.push(remove, ...folders.map(folder => folder.remove))
  const holder = openSqlite(file, { busyTimeoutMs: 100, cacheKib: 1000 })
  holder.exec('begin immediate')
  let started = 0
  const starting = folders.map(({ path }) =>
    startServer({ DATABASE_URL: url, WX_SIMULATOR: 'on' }, path).then(server => {
      cleanUps.push(() => server.stop('SIGKILL'))
      started++
      return server
    }),
  )
  await sleep(1500)
  expect(started).toBe(0)
  holder.exec('rollback')
  const servers = await Promise.all(starting)
  const steps = holder.prepare('select count(*) as n from mpl_login_migrations').all()
  expect(Number((steps[0] as { n: number }).n)).toBeGreaterThan(6)
  holder.close()
  for (const server of servers) expect(await server.stop()).toBe(0)
})
