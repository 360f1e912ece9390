import { existsSync } from 'node:fs'
import { type Kysely, sql } from 'kysely'
import { readDatabaseUrl } from '../config/database-url'
import { PATIENCE, type Patience } from '../patience'
import { loadMysql, loadPg } from './load-drivers'
import type { OpenStoreOptions } from './open'
import { readPem } from './read-pem'
import { refusal, unusable } from './refusal'
import { onePatientMysql } from './sql/mysql'
import { mysqlTables } from './sql/mysql-tables'
import { checkLimits, onePatientPostgres, schemaOf } from './sql/postgres'
import { postgresTables } from './sql/postgres-tables'
import type { SchemaTarget } from './sql/schema-target'
import type { ServerOptions } from './sql/server-options'
import { DEFAULT_TABLE_PREFIX } from './sql/table-prefix'
import type { SqlDialect } from './sql/tables'
import { openInTurn, type TlsOptions, tlsOptionsOf } from './sql/tls-options'
import { openFileTables } from './sqlite/file-tables'
import { dialectOf, sqliteFile } from './which-database'

/** A database as tables, for work beside the service's: to look at it, to copy it. */
export interface OpenedTables extends SchemaTarget {
  readonly db: Kysely<unknown>
  close(): Promise<void>
}

export type OpenTablesOptions = Pick<OpenStoreOptions, 'tablePrefix' | 'patience'>

/**
 * Opens the tables of a database, and changes no schema.
 *
 * @throws ConfigError as `openStore` does, and when a server cannot be reached or a file is not there
 */
export async function openTables(
  database: string,
  { tablePrefix = DEFAULT_TABLE_PREFIX, patience = PATIENCE }: OpenTablesOptions,
): Promise<OpenedTables> {
  const dialect = dialectOf(database)
  try {
    const { db, schema } = await openTablesOf(database, patience)
    return { db, dialect, tablePrefix, schema, close: () => db.destroy() }
  } catch (error) {
    throw unusable(database, error)
  }
}

async function openTablesOf(
  database: string,
  patience: Patience,
): Promise<{ db: Kysely<unknown>; schema?: string }> {
  const dialect = dialectOf(database)
  if (dialect === 'sqlite') {
    const file = sqliteFile(database)
    if (!existsSync(file)) throw refusal(`names the file ${file}, which is not there`)
    return { db: openFileTables(file, { busyTimeoutMs: 5000, cacheKib: 65_536 }) }
  }
  const url = readDatabaseUrl(database)
  const open = (tls?: TlsOptions) => openTablesOfServer(dialect, { url, tls, patience })
  if (!url.tls) return open()
  const context = tlsOptionsOf(dialect, url.tls, readPem)
  return openInTurn(
    url.tls.attempts.map(isOn => isOn && context),
    open,
  )
}

async function openTablesOfServer(
  dialect: SqlDialect,
  options: Pick<ServerOptions, 'url' | 'tls' | 'patience'>,
): Promise<{ db: Kysely<unknown>; schema?: string }> {
  if (dialect === 'mysql') {
    const db = mysqlTables(onePatientMysql(loadMysql(), options))
    await orClose(db, sql`select 1`.execute(db))
    return { db }
  }
  const pg = loadPg()
  const pool = onePatientPostgres(pg, options)
  const db = postgresTables(pool)
  const schema = await orClose(db, schemaOf(pool, options))
  await orClose(db, checkLimits(pg, options))
  return { db, schema }
}

/** A connection that cannot be used is closed before that is told. */
async function orClose<T>(db: Kysely<unknown>, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    await db.destroy()
    throw error
  }
}
