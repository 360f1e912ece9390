import type pg from 'pg'
import type { Row, SqlDriver } from './driver'
import { sqlCodeOf } from './faults'
import type { PooledConnection } from './lender'
import { createPooledDriver } from './pooled-driver'
import { POOLER_HIDDEN } from './refusals'
import type { ServerOptions } from './server-options'
import type { Statements } from './statements'
import { listSteps, migrateIfDue } from './steps'

/** PostgreSQL's own number for the type `bigint`. */
const BIGINT = 20

/**
 * PostgreSQL through node-postgres, an optional peer. Every statement is prepared once a
 * connection; the server ends by itself what takes too long, so a hung client holds no lock.
 *
 * Behind a pooler nothing may be kept on a connection: docs/decisions/poolers.md.
 */
export async function openPostgresDriver(
  driver: typeof pg,
  options: ServerOptions,
): Promise<SqlDriver> {
  const { statements, outages, patience } = options
  const { connectionLimit, isPooled } = options.url
  await migrateOnce(driver, options)

  const limits = limitsOf(patience)
  const pool = new driver.Pool({
    ...addressOf(options),
    max: connectionLimit,
    application_name: 'miniprogram-login',
    connectionTimeoutMillis: patience.storeMs,
    ...(!isPooled && limits),
    keepAlive: true,
    types: numbersFrom(driver),
  })
  // A restart of the server breaks connections, idle or lent; unheard, each would end this process.
  pool.on('error', error => outages.lost(sqlCodeOf(error)))
  pool.on('connect', client => client.on('error', () => {}))
  const begin = isPooled ? beginWith(limits) : 'begin'
  await refuseHiddenPooler(pool, begin, limits)
  return createPooledDriver({
    outages,
    patience,
    readsInTransaction: isPooled,
    pool: {
      connect: async () => lend(await pool.connect(), { statements, begin, isNamed: !isPooled }),
      close: () => pool.end(),
    },
  })
}

/** Where the server is, and how long is waited for it. */
export type OfAddress = Pick<ServerOptions, 'url' | 'tls' | 'patience'>

function addressOf({ url, tls }: OfAddress): pg.PoolConfig {
  return { connectionString: url.url, ...(tls !== undefined && { ssl: tls }) }
}

/** How long the server lets a session of ours take, in milliseconds, by PostgreSQL's own names. */
type Limits = Readonly<
  Record<'statement_timeout' | 'lock_timeout' | 'idle_in_transaction_session_timeout', number>
>

function limitsOf({ storeMs }: ServerOptions['patience']): Limits {
  return {
    statement_timeout: storeMs,
    lock_timeout: storeMs,
    // Longer than any caller waits: only of a client that hangs.
    idle_in_transaction_session_timeout: 5 * storeMs,
  }
}

/** Begins a transaction that has its own limits, in one message. */
function beginWith(limits: Limits): string {
  const each = Object.entries(limits).map(([name, value]) => `set local ${name} = ${value}`)
  return ['begin', ...each].join('; ')
}

/**
 * A pooler may drop the limits in silence, or refuse them with the first connection: then the
 * service must not start as if all were well.
 *
 * @throws Error with code `pooler_hidden` when the limits do not reach the server
 */
async function refuseHiddenPooler(pool: pg.Pool, begin: string, limits: Limits): Promise<void> {
  try {
    const client = await pool.connect()
    try {
      await client.query(begin)
      const asked = `select setting from pg_settings where name = 'statement_timeout'`
      const { rows } = await client.query<{ setting: string }>(asked)
      await client.query('rollback')
      if (Number(rows[0]?.setting) !== limits.statement_timeout) {
        throw Object.assign(new Error('time-outs are lost on the way'), { code: POOLER_HIDDEN })
      }
    } finally {
      client.release()
    }
  } catch (error) {
    await pool.end()
    throw error
  }
}

/** Times as numbers: by itself node-postgres gives a bigint as text, because not every one fits. */
function numbersFrom({ types }: typeof pg): pg.CustomTypesConfig {
  return {
    getTypeParser: (type: number, format?: 'text' | 'binary') =>
      type === BIGINT ? Number : types.getTypeParser(type, format as 'text'),
  }
}

interface Lending {
  statements: Statements
  /** How a transaction begins. */
  begin: string
  /** A statement with a name is prepared once, and stays on its connection. */
  isNamed: boolean
}

function lend(client: pg.PoolClient, { statements, begin, isNamed }: Lending): PooledConnection {
  return {
    command: word => client.query(word === 'begin' ? begin : word),
    async run(name, values) {
      const { sql: text, columns } = statements[name]
      const query = { ...(isNamed && { name }), text, values: [...values] }
      const { rows, rowCount } = await client.query<Row>(query)
      return columns.length > 0 ? rows : (rowCount ?? 0)
    },
    release: () => client.release(),
    destroy: () => client.release(true),
  }
}

/** One connection for long work, which has no time-out but the connecting. */
export function onePatientPostgres(driver: typeof pg, options: OfAddress): pg.Pool {
  const pool = new driver.Pool({
    ...addressOf(options),
    max: 1,
    connectionTimeoutMillis: options.patience.migrationConnectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: numbersFrom(driver),
  })
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  return pool
}

/** Whether the service's own limits reach the server: throws as `refuseHiddenPooler` does. */
export async function checkLimits(driver: typeof pg, options: OfAddress): Promise<void> {
  const limits = limitsOf(options.patience)
  const { isPooled } = options.url
  const connectionTimeoutMillis = options.patience.migrationConnectMs
  const common = { ...addressOf(options), max: 1, connectionTimeoutMillis }
  const pool = new driver.Pool({ ...common, ...(!isPooled && limits) })
  pool.on('error', () => {})
  await refuseHiddenPooler(pool, isPooled ? beginWith(limits) : 'begin', limits)
  await pool.end()
}

/** A migration may take its time, and waits for another instance's without losing patience. */
async function migrateOnce(driver: typeof pg, options: ServerOptions): Promise<void> {
  const { tablePrefix } = options
  const pool = onePatientPostgres(driver, options)
  try {
    const schema = await schemaOf(pool, options)
    const target = { dialect: 'postgres', tablePrefix, schema } as const
    await migrateIfDue(
      tablePrefix,
      async () => (await pool.query(listSteps(target))).rows,
      () => loadTables().migratePostgres(pool, target),
    )
  } finally {
    await pool.end()
  }
}

/** Only a migration that is due loads Kysely. */
function loadTables(): typeof import('./postgres-tables') {
  return require('./postgres-tables')
}

/**
 * The schema that the URL names, or the first of the user's search path that is there: where a table
 * without a schema is made.
 *
 * @throws Error with PostgreSQL's own code where there is none
 */
export async function schemaOf(pool: pg.Pool, { url }: OfAddress): Promise<string> {
  if (url.schema !== undefined) return url.schema
  const { rows } = await pool.query<{ name: string | null }>('select current_schema() as name')
  const name = rows[0]?.name
  if (name) return name
  throw Object.assign(new Error('no schema to create tables in'), { code: '3F000' })
}
