import { Kysely, MysqlDialect } from 'kysely'
import type mysql from 'mysql2'
import type { PoolConnection, ResultSetHeader } from 'mysql2/promise'
import { readDatabaseUrl } from '../database-url'
import { STORE_DEADLINE_MS } from './deadline'
import { migrate, type Tables } from './schema'
import type { Params, Result, Row, SqlDriver, Value } from './sql'
import { compileStatements, type StatementName } from './statements'

export interface MysqlOptions {
  url: string
  sweepBatch: number
}

/** Deadlock and lock wait: MySQL resolves both by refusing one side, which simply tries again. */
const CONFLICTS = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD'])
const ATTEMPTS = 5

/** MySQL and MariaDB through mysql2, an optional peer. */
export async function openMysqlDriver(
  driver: typeof mysql,
  { url: text, sweepBatch }: MysqlOptions,
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
  // Read committed takes the fewest locks; a second's patience is all that a caller has.
  pool.on('connection', connection => {
    connection.on('error', () => {})
    connection.query('set session transaction isolation level read committed')
    connection.query('set session innodb_lock_wait_timeout = 1')
  })
  const db = new Kysely<Tables>({ dialect: new MysqlDialect({ pool }) })
  const statements = compileStatements(db, 'mysql', sweepBatch)
  const promised = pool.promise()
  const values = (name: StatementName, params: Params) =>
    statements[name].params.map(param => params[param] as Value)

  async function run(
    connection: PoolConnection,
    name: StatementName,
    params: Params,
  ): Promise<Result> {
    const [result] = await connection.execute(
      { sql: statements[name].sql, timeout: STORE_DEADLINE_MS },
      values(name, params),
    )
    return Array.isArray(result) ? (result as Row[]) : (result as ResultSetHeader).affectedRows
  }

  async function transaction(names: readonly StatementName[], given: Params): Promise<Result[]> {
    const connection = await promised.getConnection()
    try {
      await connection.query('begin')
      const params = { ...given }
      const results: Result[] = []
      for (const name of names) {
        const result = await run(connection, name, params)
        results.push(result)
        if (typeof result === 'object') Object.assign(params, result[0])
      }
      await connection.query('commit')
      connection.release()
      return results
    } catch (error) {
      await connection.query('rollback').then(
        () => connection.release(),
        () => connection.destroy(),
      )
      throw error
    }
  }

  return {
    async read(statement, params) {
      const [rows] = await promised.execute(
        { sql: statements[statement].sql, timeout: STORE_DEADLINE_MS },
        values(statement, params),
      )
      return rows as Row[]
    },
    async write(names, params) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await transaction(names, params)
        } catch (error) {
          const { code } = error as { code?: string }
          if (!CONFLICTS.has(String(code)) || attempt === ATTEMPTS) throw error
        }
      }
    },
    close: () => promised.end(),
  }
}

async function migrateOnce(driver: typeof mysql, options: mysql.PoolOptions): Promise<void> {
  const pool = driver.createPool({ ...options, connectionLimit: 1, connectTimeout: 10_000 })
  const db = new Kysely<Tables>({ dialect: new MysqlDialect({ pool }) })
  try {
    await migrate(db, 'mysql')
  } finally {
    await db.destroy()
  }
}
