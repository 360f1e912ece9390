import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type Mysql from 'mysql2'
import type Pg from 'pg'
import { ConfigError } from '../config/config-error'
import { readDatabaseUrl } from '../config/database-url'
import type { Events } from '../events'
import type { Log } from '../log'
import { PATIENCE, type Patience } from '../patience'
import { type Store, SWEEP_BATCH } from './contract/store'
import type { UserStore } from './contract/user-store'
import { createMemoryStore } from './memory/memory-store'
import { createOutageLog } from './outage-log'
import { REDIS_SETTING, type RedisModule } from './redis/link/redis-route'
import { openRedisStore } from './redis/redis-store'
import type { SqlDriver } from './sql/driver'
import { sqlCodeOf } from './sql/faults'
import { type LateDriverOptions, openLate } from './sql/late-driver'
import { openMysqlDriver } from './sql/mysql'
import { openPostgresDriver } from './sql/postgres'
import { fixOf } from './sql/refusals'
import type { ServerOptions } from './sql/server-options'
import { createSqlStore } from './sql/sql-store'
import { type Statements, statementsFor } from './sql/statements'
import { DEFAULT_TABLE_PREFIX, problemWithTablePrefix } from './sql/table-prefix'
import type { SqlDialect } from './sql/tables'
import { openInTurn, tlsOptionsOf } from './sql/tls-options'
import { DAMAGED, FIX, isDamage } from './sqlite/damage'
import { MissingPart } from './sqlite/missing-part'
import { openSqliteDriver } from './sqlite/sqlite-driver'

const DATABASE_SETTING = 'DATABASE_URL (database)'
const PREFIX_SETTING = 'TABLE_PREFIX (tablePrefix)'
const REDIS_PREFIX = 'mpl:'

export interface OpenStoreOptions {
  /** Hears when a store is lost and when it is back. */
  events: Events
  /** For warnings about the settings of a store. */
  log: Log
  /** Sessions, codes and counters rest in this Redis; the database keeps the users. */
  redisUrl?: string | undefined
  /** What the names of all our Redis keys begin with. Default `mpl:`. */
  redisPrefix?: string | undefined
  /**
   * Begins the name of each table, so that other tables of the database are never touched. Two
   * prefixes in one database are two services. Default `mpl_`.
   */
  tablePrefix?: string | undefined
  /** Rows that one sweep removes at the most. */
  sweepBatch?: number | undefined
  /** Default: `PATIENCE`. */
  patience?: Patience | undefined
}

/**
 * Opens the store that a database URL names, with the driver that it needs; the only place that
 * loads one. Brings the schema up to date. A server that cannot be reached right now is none of the
 * caller's business: see `openLate`.
 *
 * @throws ConfigError when the database cannot be used, without its URL, which may hold a password
 */
export async function openStore(database: string, options: OpenStoreOptions): Promise<Store> {
  const { log, events, redisUrl, patience = PATIENCE } = options
  if (redisUrl === undefined) return openDatabase(database, options)
  // First the package: a database must not stay open behind a refusal.
  const redis = loadRedis()
  const users = await openDatabase(database, options)
  const { redisPrefix: prefix = REDIS_PREFIX } = options
  return openRedisStore({ redis, url: redisUrl, prefix, users, events, log, patience })
}

async function openDatabase(
  database: string,
  options: OpenStoreOptions,
): Promise<Store & UserStore> {
  const { sweepBatch = SWEEP_BATCH, tablePrefix = DEFAULT_TABLE_PREFIX } = options
  const problem = problemWithTablePrefix(tablePrefix)
  if (problem) throw refusal(problem, PREFIX_SETTING)
  if (database === 'memory:') return createMemoryStore(sweepBatch)
  const dialect = dialectOf(database)
  const schema = dialect === 'postgres' ? readDatabaseUrl(database).schema : undefined
  const statements = statementsFor({ dialect, tablePrefix, schema, sweepBatch })
  try {
    const driver = await openDriver(database, { ...options, tablePrefix, statements })
    return createSqlStore({ driver, statements, sweepBatch })
  } catch (error) {
    throw unusable(database, error)
  }
}

export function dialectOf(database: string): SqlDialect {
  if (database.startsWith('sqlite:')) return 'sqlite'
  return /^postgres(ql)?:/.test(database) ? 'postgres' : 'mysql'
}

interface OpenDriverOptions extends OpenStoreOptions {
  tablePrefix: string
  statements: Statements
}

function openDriver(database: string, options: OpenDriverOptions): Promise<SqlDriver> {
  const { events, tablePrefix, statements, patience = PATIENCE } = options
  const outages = createOutageLog(events, DATABASE_SETTING)
  const common = { tablePrefix, statements, outages, patience }
  if (dialectOf(database) === 'sqlite') {
    return openSqliteDriver({ ...common, file: sqliteFile(database) })
  }
  return openServer(dialectOf(database), { ...common, url: readDatabaseUrl(database) })
}

/** A server as its URL names it; which way of TLS it takes is found out when it opens. */
type NamedServer = Omit<ServerOptions, 'tls'> & LateDriverOptions

function openServer(dialect: SqlDialect, server: NamedServer): Promise<SqlDriver> {
  const open = openerOf(dialect)
  const { tls } = server.url
  if (!tls) return openLate(() => open({ ...server, tls: undefined }), server)
  const context = tlsOptionsOf(dialect, tls, readPem)
  const attempts = tls.attempts.map(isOn => isOn && context)
  return openLate(() => openInTurn(attempts, each => open({ ...server, tls: each })), server)
}

function openerOf(dialect: SqlDialect): (options: ServerOptions) => Promise<SqlDriver> {
  if (dialect === 'postgres') {
    const pg = loadPg()
    return options => openPostgresDriver(pg, options)
  }
  const mysql = loadMysql()
  return options => openMysqlDriver(mysql, options)
}

/** What a failure of a database means for the operator, without its URL and its text. */
export function unusable(database: string, error: unknown): ConfigError {
  if (error instanceof ConfigError) return error
  return refusal(error instanceof MissingPart ? error.message : whatIsWrong(database, error))
}

export function readPem(file: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw refusal(
      `names a certificate or key that cannot be read (${code}): correct its path, or let the service’s user read it`,
    )
  }
  if (text.includes('-----BEGIN ')) return text
  throw refusal(
    'names a certificate or key that is not in PEM: convert it, for example by openssl x509 -inform der',
  )
}

// Each `require` has its name and a `try` around it: a bundler then takes the package along where it
// is installed, and does not mind where it is not.

export function loadPg(): typeof Pg {
  try {
    return require('pg')
  } catch (error) {
    throw missing('pg', error)
  }
}

export function loadMysql(): typeof Mysql {
  try {
    return require('mysql2')
  } catch (error) {
    throw missing('mysql2', error)
  }
}

/** @throws ConfigError when the package is not installed */
export function loadRedis(): RedisModule {
  try {
    return require('@redis/client')
  } catch (error) {
    throw missing('@redis/client', error, REDIS_SETTING)
  }
}

/** In a clone the drivers are for the tests, and an install for production leaves them out. */
function missing(name: string, error: unknown, setting = DATABASE_SETTING): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') return error
  return refusal(
    `needs the package ${name}: npm install ${name} (in a clone: npm install --no-save --save-prod --omit=dev ${name})`,
    setting,
  )
}

export function sqliteFile(database: string): string {
  return resolve(database.slice('sqlite:'.length))
}

function whatIsWrong(database: string, error: unknown): string {
  const reason = sqlCodeOf(error)
  if (!database.startsWith('sqlite:')) {
    return `the database cannot be used (${reason}): ${fixOf(reason)}`
  }
  const { code, errcode, message } = error as NodeJS.ErrnoException & { errcode?: number }
  const what = [code, errcode, message].filter(part => part !== undefined).join(', ')
  return `the SQLite file ${sqliteFile(database)} cannot be used (${what}): ${fixOfFile(error)}`
}

function fixOfFile(error: unknown): string | undefined {
  const reason = sqlCodeOf(error)
  if (isDamage(error)) return FIX[DAMAGED]
  if (reason.startsWith('schema_')) return fixOf(reason)
  return "check the folder's permissions, or restore the file from a backup"
}

export function refusal(problem: string, name = DATABASE_SETTING): ConfigError {
  return new ConfigError([{ name, problem }])
}
