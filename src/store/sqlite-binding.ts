/** The part of `node:sqlite`'s synchronous API that the store uses. */
export interface SqliteDatabase {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
  close(): void
}

export interface SqliteStatement {
  all(...params: unknown[]): unknown[]
  run(...params: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  columns(): unknown[]
}

interface SqliteModule {
  DatabaseSync: new (path: string, options?: { timeout?: number }) => SqliteDatabase
}

/**
 * Opens a file with the SQLite that is built into Node from 22.13 on; on Node 20 with the package
 * that has the same API and brings its binaries along.
 */
export function openSqlite(file: string, busyTimeoutMs: number): SqliteDatabase {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const builtIn = major > 22 || (major === 22 && minor >= 13)
  const { DatabaseSync } = require(
    builtIn ? 'node:sqlite' : '@photostructure/sqlite',
  ) as SqliteModule
  const database = new DatabaseSync(file)
  // FULL: a commit that was acknowledged survives a power cut, not only a crash of ours.
  database.exec(`
    pragma busy_timeout = ${busyTimeoutMs};
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma foreign_keys = on;
  `)
  return database
}
