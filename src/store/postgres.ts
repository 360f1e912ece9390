import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { readDatabaseUrl } from '../database-url'
import { STORE_DEADLINE_MS } from './deadline'
import { migrate, type Tables } from './schema'
import type { Params, Result, Row, SqlDriver } from './sql'
import { compileStatements, type StatementName } from './statements'

export interface PostgresOptions {
  url: string
  sweepBatch: number
  /** Told of connections that broke while nobody used them. */
  onIdleError: (code: string) => void
}

/** Conflicts that PostgreSQL resolves by refusing one side: that side simply tries again. */
const CONFLICTS = new Set(['40001', '40P01'])
const ATTEMPTS = 3

/**
 * PostgreSQL through node-postgres, an optional peer. Every statement is prepared once a
 * connection; the server ends by itself what takes too long, so a hung client holds no lock.
 */
export async function openPostgresDriver(
  driver: typeof pg,
  { url: text, sweepBatch, onIdleError }: PostgresOptions,
): Promise<SqlDriver> {
  const { url, connectionLimit } = readDatabaseUrl(text)
  await migrateOnce(driver, url)

  const pool = new driver.Pool({
    connectionString: url,
    max: connectionLimit,
    application_name: 'miniprogram-login',
    connectionTimeoutMillis: STORE_DEADLINE_MS,
    statement_timeout: STORE_DEADLINE_MS,
    query_timeout: STORE_DEADLINE_MS,
    lock_timeout: STORE_DEADLINE_MS,
    idle_in_transaction_session_timeout: 5000,
    keepAlive: true,
  })
  // A restart of the server breaks connections, idle or lent; unheard, each would end this process.
  pool.on('error', error => onIdleError(codeOf(error)))
  pool.on('connect', client => client.on('error', () => {}))
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  const statements = compileStatements(db, 'postgres', sweepBatch)
  const query = (name: StatementName, params: Params) => ({
    name: `mpl_${name}`,
    text: statements[name].sql,
    values: statements[name].params.map(param => params[param]),
  })

  async function transaction(names: readonly StatementName[], given: Params): Promise<Result[]> {
    const client = await pool.connect()
    try {
      await client.query('begin')
      const params = { ...given }
      const results: Result[] = []
      for (const name of names) {
        const { rows, rowCount, command } = await client.query<Row>(query(name, params))
        results.push(command === 'SELECT' ? rows : (rowCount ?? 0))
        Object.assign(params, rows[0])
      }
      await client.query('commit')
      client.release()
      return results
    } catch (error) {
      await client.query('rollback').then(
        () => client.release(),
        broken => client.release(broken),
      )
      throw error
    }
  }

  return {
    async read(statement, params) {
      return (await pool.query<Row>(query(statement, params))).rows
    },
    async write(names, params) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await transaction(names, params)
        } catch (error) {
          if (!CONFLICTS.has(codeOf(error)) || attempt === ATTEMPTS) throw error
        }
      }
    },
    close: () => pool.end(),
  }
}

/** A migration may take its time, and waits for another instance's without losing patience. */
async function migrateOnce(driver: typeof pg, url: string): Promise<void> {
  const pool = new driver.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 10_000 })
  pool.on('error', () => {})
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  try {
    await migrate(db, 'postgres')
  } finally {
    await db.destroy()
  }
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : 'unknown'
}
