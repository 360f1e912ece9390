import { resolve } from 'node:path'
import type Mysql from 'mysql2'
import type Pg from 'pg'
import { ConfigError } from '../config'
import type { Log } from '../log'
import { createMemoryStore } from './memory'
import { createOutageLog } from './outage-log'
import type { RedisModule } from './redis/connection'
import { REDIS_SETTING } from './redis/link'
import { openRedisStore } from './redis/redis-store'
import { sqlCodeOf } from './sql/faults'
import { openLate, REFUSAL_FIX } from './sql/late-driver'
import { openMysqlDriver } from './sql/mysql'
import { openPostgresDriver } from './sql/postgres'
import { createSqlStore, type SqlDriver } from './sql/sql-store'
import { DAMAGED, FIX, isDamage } from './sqlite/damage'
import { openSqliteDriver } from './sqlite/sqlite'
import { type Store, SWEEP_BATCH, type UserStore } from './store'

const DATABASE_SETTING = 'DATABASE_URL (database)'

export interface OpenStoreOptions {
  log: Log
  /** Sessions, codes and counters rest in this Redis; the database keeps the users. */
  redisUrl?: string | undefined
  /** Rows that one sweep removes at the most. */
  sweepBatch?: number
}

/**
 * Opens the store that a database URL names, with the driver that it needs; the only place that
 * loads one. Brings the schema up to date. A server that cannot be reached right now is none of the
 * caller's business: see `openLate`.
 *
 * @throws ConfigError when the database cannot be used, without its URL, which may hold a password
 */
export async function openStore(database: string, options: OpenStoreOptions): Promise<Store> {
  const { log, redisUrl, sweepBatch = SWEEP_BATCH } = options
  if (redisUrl === undefined) return openDatabase(database, log, sweepBatch)
  // First the package: a database must not stay open behind a refusal.
  const redis = load<RedisModule>('@redis/client', REDIS_SETTING)
  const users = await openDatabase(database, log, sweepBatch)
  return openRedisStore({ redis, url: redisUrl, users, log })
}

async function openDatabase(
  database: string,
  log: Log,
  sweepBatch: number,
): Promise<Store & UserStore> {
  if (database === 'memory:') return createMemoryStore(sweepBatch)
  try {
    return createSqlStore(await openDriver(database, log, sweepBatch), sweepBatch)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw refusal(whatIsWrong(database, error))
  }
}

function openDriver(database: string, log: Log, sweepBatch: number): Promise<SqlDriver> {
  const outages = createOutageLog(log, DATABASE_SETTING)
  if (database.startsWith('sqlite:')) {
    return openSqliteDriver({ file: sqliteFile(database), sweepBatch, outages })
  }
  const options = { url: database, sweepBatch, outages }
  if (/^postgres(ql)?:/.test(database)) {
    const pg = load<typeof Pg>('pg')
    return openLate(() => openPostgresDriver(pg, options), outages)
  }
  const mysql = load<typeof Mysql>('mysql2')
  return openLate(() => openMysqlDriver(mysql, options), outages)
}

function load<T>(name: string, setting = DATABASE_SETTING): T {
  try {
    return require(name) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    throw refusal(`needs the package ${name}: npm install ${name}`, setting)
  }
}

function sqliteFile(database: string): string {
  return resolve(database.slice('sqlite:'.length))
}

function whatIsWrong(database: string, error: unknown): string {
  const { code, errcode, message } = error as NodeJS.ErrnoException & { errcode?: number }
  if (!database.startsWith('sqlite:')) {
    return `the database cannot be used (${sqlCodeOf(error)}); ${REFUSAL_FIX}`
  }
  const what = [code, errcode, message].filter(part => part !== undefined).join(', ')
  if (isDamage(error)) {
    return `the SQLite file ${sqliteFile(database)} cannot be used (${what}): ${FIX[DAMAGED]}`
  }
  return `the SQLite file ${sqliteFile(database)} cannot be used (${what}); check the folder's permissions, or restore the file from a backup`
}

function refusal(problem: string, name = DATABASE_SETTING): ConfigError {
  return new ConfigError([{ name, problem }])
}
