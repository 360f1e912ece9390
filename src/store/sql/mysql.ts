import { Kysely, MysqlDialect } from 'kysely'
import type mysql from 'mysql2'
import type { PoolConnection, ResultSetHeader } from 'mysql2/promise'
import { readDatabaseUrl } from '../../database-url'
import { STORE_DEADLINE_MS } from '../deadline'
import { createPooledDriver, type PooledConnection } from './pooled-driver'
import type { ServerOptions } from './postgres'
import { migrate, type Tables } from './schema'
import type { Row, SqlDriver } from './sql-store'
import { compileStatements, type Statements } from './statements'

const MIGRATION_CONNECT_MS = 5000

/** MySQL and MariaDB through mysql2, an optional peer. */
export async function openMysqlDriver(
  driver: typeof mysql,
  { url: text, sweepBatch, outages }: ServerOptions,
): Promise<SqlDriver> {
  const { url, connectionLimit } = readDatabaseUrl(text.replace(/^mariadb:/, 'mysql:'))
  const options = { uri: url, charset: 'utf8mb4_bin', timezone: 'Z', supportBigNumbers: true }
  await migrateOnce(driver, options)

  const pool = driver.createPool({
    ...options,
    connectionLimit,
    connectTimeout: STORE_DEADLINE_MS,
    enableKeepAlive: true,
  })
  // Read committed takes the fewest locks; what its caller has given up waits for none much longer.
  pool.on('connection', connection => {
    connection.on('error', () => {})
    connection.query('set session transaction isolation level read committed')
    connection.query('set session innodb_lock_wait_timeout = 1, lock_wait_timeout = 1')
  })
  const db = new Kysely<Tables>({ dialect: new MysqlDialect({ pool }) })
  const statements = compileStatements(db, 'mysql', sweepBatch)
  const promised = pool.promise()
  return createPooledDriver({
    statements,
    outages,
    pool: {
      connect: async () => lend(await promised.getConnection(), statements),
      close: () => promised.end(),
    },
  })
}

function lend(connection: PoolConnection, statements: Statements): PooledConnection {
  return {
    command: word => connection.query(word),
    async run(statement, values) {
      const [result] = await connection.execute(statements[statement].sql, [...values])
      return Array.isArray(result) ? (result as Row[]) : (result as ResultSetHeader).affectedRows
    },
    release: () => connection.release(),
    destroy: () => connection.destroy(),
  }
}

async function migrateOnce(driver: typeof mysql, options: mysql.PoolOptions): Promise<void> {
  const pool = driver.createPool({
    ...options,
    connectionLimit: 1,
    connectTimeout: MIGRATION_CONNECT_MS,
    enableKeepAlive: true,
    keepAliveInitialDelay: 10_000,
  })
  pool.on('connection', connection => connection.on('error', () => {}))
  const db = new Kysely<Tables>({ dialect: new MysqlDialect({ pool }) })
  try {
    await migrate(db, 'mysql')
  } finally {
    await db.destroy()
  }
}
