import { bindingMissing } from './missing-part'

/** The part of `node:sqlite`'s synchronous API that the store uses. */
export interface SqliteDatabase {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
  close(): void
}

export interface SqliteStatement {
  all(...params: unknown[]): unknown[]
  get(...params: unknown[]): unknown
  run(...params: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  columns(): { name: string }[]
  /** Rows as lists of values; not there on Node before 22.16. */
  setReturnArrays?(enabled: boolean): void
}

interface SqliteModule {
  DatabaseSync: new (path: string, options?: { timeout?: number }) => SqliteDatabase
}

export interface SqliteOptions {
  /** How long a statement waits for another connection's lock. */
  busyTimeoutMs: number
  /** Most memory for pages, in KiB; logins touch pages all over the file. */
  cacheKib: number
}

/**
 * Opens a file with the SQLite that is built into Node from 22.13 on; on Node 20 with the package
 * that has the same API and brings its binaries along.
 *
 * @throws MissingPart where that package or its binary is not there
 */
export function openSqlite(
  file: string,
  { busyTimeoutMs, cacheKib }: SqliteOptions,
): SqliteDatabase {
  const { DatabaseSync } = loadSqlite()
  const database = new DatabaseSync(file)
  try {
    database.exec(pragmas(busyTimeoutMs, cacheKib))
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

function loadSqlite(): SqliteModule {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 13)) return require('node:sqlite') as SqliteModule
  try {
    return require('@photostructure/sqlite') as SqliteModule
  } catch {
    throw bindingMissing()
  }
}

/**
 * FULL: a commit that was acknowledged survives a power cut, not only a crash of ours. A longer WAL
 * than SQLite's default of 1000 pages copies a page that many logins touch less often.
 *
 * `secure_delete`: what is deleted is overwritten with zeros, so that an erased person is in no page
 * of the file. Without it, a grep of the file finds openid and nickname of an erased user.
 */
function pragmas(busyTimeoutMs: number, cacheKib: number): string {
  return `
    pragma busy_timeout = ${busyTimeoutMs};
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma foreign_keys = on;
    pragma cache_size = -${cacheKib};
    pragma wal_autocheckpoint = 4000;
    pragma secure_delete = on;
  `
}
