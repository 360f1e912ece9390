import { readDatabaseUrl } from '../config/database-url'
import type { Events } from '../events'
import type { Log } from '../log'
import { PATIENCE, type Patience } from '../patience'
import { type Store, SWEEP_BATCH } from './contract/store'
import type { UserStore } from './contract/user-store'
import { loadMysql, loadPg, loadRedis } from './load-drivers'
import { createMemoryStore } from './memory/memory-store'
import { createOutageLog } from './outage-log'
import { readPem } from './read-pem'
import { openRedisStore } from './redis/redis-store'
import { DATABASE_SETTING, refusal, unusable } from './refusal'
import type { SqlDriver } from './sql/driver'
import { type LateDriverOptions, openLate } from './sql/late-driver'
import { openMysqlDriver } from './sql/mysql'
import { openPostgresDriver } from './sql/postgres'
import type { ServerOptions } from './sql/server-options'
import { createSqlStore } from './sql/sql-store'
import { type Statements, statementsFor } from './sql/statements'
import { DEFAULT_TABLE_PREFIX, problemWithTablePrefix } from './sql/table-prefix'
import type { SqlDialect } from './sql/tables'
import { openInTurn, tlsOptionsOf } from './sql/tls-options'
import { openSqliteDriver } from './sqlite/sqlite-driver'
import { dialectOf, sqliteFile } from './which-database'

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
 * Opens the store that a database URL names, with the driver that it needs. Brings the schema up to date. A server that cannot be reached right now is none of the
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
