import type mysql from 'mysql2'
import type { PoolConnection, ResultSetHeader } from 'mysql2/promise'
import type { Row, SqlDriver } from './driver'
import type { PooledConnection } from './lender'
import { createPooledDriver } from './pooled-driver'
import type { ServerOptions } from './server-options'
import type { Statements } from './statements'
import { listSteps, migrateIfDue } from './steps'

/** MySQL and MariaDB through mysql2, an optional peer. */
export async function openMysqlDriver(
  driver: typeof mysql,
  options: ServerOptions,
): Promise<SqlDriver> {
  const { statements, outages, patience } = options
  const { connectionLimit } = options.url
  const common = addressOf(options)
  await migrateOnce(driver, options)

  const pool = driver.createPool({
    ...common,
    connectionLimit,
    connectTimeout: patience.storeMs,
    enableKeepAlive: true,
  })
  pool.on('connection', connection => {
    connection.on('error', () => {})
    for (const setting of sessionSettings(patience.storeMs)) connection.query(setting)
  })
  const promised = pool.promise()
  return createPooledDriver({
    outages,
    patience,
    pool: {
      connect: async () => lend(await promised.getConnection(), statements),
      close: () => promised.end(),
    },
  })
}

/**
 * Read committed takes the fewest locks. The server knows whole seconds only, so that a statement
 * whose caller has given up may wait for a lock a moment longer.
 */
function sessionSettings(storeMs: number): readonly string[] {
  const seconds = Math.ceil(storeMs / 1000)
  return [
    'set session transaction isolation level read committed',
    `set session innodb_lock_wait_timeout = ${seconds}, lock_wait_timeout = ${seconds}`,
  ]
}

function lend(connection: PoolConnection, statements: Statements): PooledConnection {
  return {
    command: word => connection.query(word),
    async run(name, values) {
      const [result] = await connection.execute(statements[name].sql, [...values])
      return Array.isArray(result) ? (result as Row[]) : (result as ResultSetHeader).affectedRows
    },
    release: () => connection.release(),
    destroy: () => connection.destroy(),
  }
}

/** Where the server is, and how long is waited for it. */
export type OfAddress = Pick<ServerOptions, 'url' | 'tls' | 'patience'>

export function addressOf({ url, tls }: OfAddress): mysql.PoolOptions {
  return {
    uri: url.url.replace(/^mariadb:/, 'mysql:'),
    charset: 'utf8mb4_bin',
    timezone: 'Z',
    supportBigNumbers: true,
    ...(tls && { ssl: tls }),
  }
}

/** One connection for long work: a migration may take its time, and wait for another instance's. */
export function onePatientMysql(driver: typeof mysql, options: OfAddress): mysql.Pool {
  const pool = driver.createPool({
    ...addressOf(options),
    connectionLimit: 1,
    connectTimeout: options.patience.migrationConnectMs,
    enableKeepAlive: true,
    keepAliveInitialDelay: 10_000,
  })
  pool.on('connection', connection => connection.on('error', () => {}))
  return pool
}

async function migrateOnce(driver: typeof mysql, options: ServerOptions): Promise<void> {
  const { tablePrefix } = options
  const target = { dialect: 'mysql', tablePrefix } as const
  const pool = onePatientMysql(driver, options)
  const promised = pool.promise()
  try {
    await migrateIfDue(
      tablePrefix,
      async () => (await promised.query(listSteps(target)))[0] as unknown[],
      () => loadTables().migrateMysql(pool, target),
    )
  } finally {
    await promised.end()
  }
}

/** Only a migration that is due loads Kysely. */
function loadTables(): typeof import('./mysql-tables') {
  return require('./mysql-tables')
}
