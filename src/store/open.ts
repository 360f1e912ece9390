import { resolve } from 'node:path'
import { ConfigError } from '../config'
import type { Log } from '../log'
import { createMemoryStore } from './memory'
import { openMysqlDriver } from './mysql'
import { openPostgresDriver } from './postgres'
import { createSqlStore, type SqlDriver } from './sql'
import { openSqliteDriver } from './sqlite'
import { type Store, SWEEP_BATCH } from './store'

export interface OpenStoreOptions {
  log: Log
  /** Rows that one sweep removes at the most. */
  sweepBatch?: number
}

/**
 * Opens the store that a database URL names, with the driver that it needs; the only place that
 * loads one. Brings the schema up to date.
 *
 * @throws ConfigError when the database cannot be used, without its URL, which may hold a password
 */
export async function openStore(database: string, options: OpenStoreOptions): Promise<Store> {
  const { sweepBatch = SWEEP_BATCH } = options
  if (database === 'memory:') return createMemoryStore(sweepBatch)
  try {
    return createSqlStore(await openDriver(database, { ...options, sweepBatch }), sweepBatch)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw refusal(whatIsWrong(database, error))
  }
}

function openDriver(
  database: string,
  { log, sweepBatch }: Required<OpenStoreOptions>,
): Promise<SqlDriver> {
  if (database.startsWith('sqlite:')) return openSqliteDriver(sqliteFile(database), sweepBatch)
  if (/^postgres(ql)?:/.test(database)) {
    return openPostgresDriver(load('pg'), {
      url: database,
      sweepBatch,
      onIdleError: code => log.warn('store_connection_lost', { code }),
    })
  }
  return openMysqlDriver(load('mysql2'), { url: database, sweepBatch })
}

function load<T>(name: string): T {
  try {
    return require(name) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    throw refusal(`needs the package ${name}: npm install ${name}`)
  }
}

function sqliteFile(database: string): string {
  return resolve(database.slice('sqlite:'.length))
}

function whatIsWrong(database: string, error: unknown): string {
  const { code, errcode, message } = error as NodeJS.ErrnoException & { errcode?: number }
  if (!database.startsWith('sqlite:')) {
    return `the database cannot be used (${code ?? 'unknown'}); check host, credentials and rights`
  }
  const what = [code, errcode, message].filter(part => part !== undefined).join(', ')
  return `the SQLite file ${sqliteFile(database)} cannot be used (${what}); check the folder's permissions, or restore the file from a backup`
}

function refusal(problem: string): ConfigError {
  return new ConfigError([{ name: 'DATABASE_URL (database)', problem }])
}
