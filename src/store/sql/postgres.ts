import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { readDatabaseUrl } from '../../database-url'
import { STORE_DEADLINE_MS } from '../deadline'
import type { OutageLog } from '../outage-log'
import { sqlCodeOf } from './faults'
import { createPooledDriver, type PooledConnection } from './pooled-driver'
import { migrate, type Tables } from './schema'
import type { Row, SqlDriver } from './sql-store'
import { compileStatements, type Statements } from './statements'

export interface ServerOptions {
  url: string
  sweepBatch: number
  outages: OutageLog
}

const MIGRATION_CONNECT_MS = 5000

/**
 * PostgreSQL through node-postgres, an optional peer. Every statement is prepared once a
 * connection; the server ends by itself what takes too long, so a hung client holds no lock.
 */
export async function openPostgresDriver(
  driver: typeof pg,
  { url: text, sweepBatch, outages }: ServerOptions,
): Promise<SqlDriver> {
  const { url, connectionLimit } = readDatabaseUrl(text)
  await migrateOnce(driver, url)

  const pool = new driver.Pool({
    connectionString: url,
    max: connectionLimit,
    application_name: 'miniprogram-login',
    connectionTimeoutMillis: STORE_DEADLINE_MS,
    statement_timeout: STORE_DEADLINE_MS,
    lock_timeout: STORE_DEADLINE_MS,
    idle_in_transaction_session_timeout: 5000,
    keepAlive: true,
  })
  // A restart of the server breaks connections, idle or lent; unheard, each would end this process.
  pool.on('error', error => outages.lost(sqlCodeOf(error)))
  pool.on('connect', client => client.on('error', () => {}))
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  const statements = compileStatements(db, 'postgres', sweepBatch)
  return createPooledDriver({
    statements,
    outages,
    pool: {
      connect: async () => lend(await pool.connect(), statements),
      close: () => pool.end(),
    },
  })
}

function lend(client: pg.PoolClient, statements: Statements): PooledConnection {
  return {
    command: word => client.query(word),
    async run(statement, values) {
      const text = statements[statement].sql
      const query = { name: `mpl_${statement}`, text, values: [...values] }
      const { rows, rowCount, command } = await client.query<Row>(query)
      return command === 'SELECT' ? rows : (rowCount ?? 0)
    },
    release: () => client.release(),
    destroy: () => client.release(true),
  }
}

/** A migration may take its time, and waits for another instance's without losing patience. */
async function migrateOnce(driver: typeof pg, url: string): Promise<void> {
  const pool = new driver.Pool({
    connectionString: url,
    max: 1,
    connectionTimeoutMillis: MIGRATION_CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  })
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  try {
    await migrate(db, 'postgres')
  } finally {
    await db.destroy()
  }
}
