import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, SqliteAdapter, SqliteDialect } from 'kysely'
import { makeFolder } from '../../make-folder'
import { migrate } from '../sql/migrate'
import { openSqlite, type SqliteDatabase, type SqliteOptions } from './binding'
import { checkWhole } from './damage'
import { isBusy } from './write-lock'

/** Between two looks at a file that another instance prepares. */
const LOOK_EVERY_MS = 100

export interface OpenFileOptions {
  readonly file: string
  readonly tablePrefix: string
  readonly connection: SqliteOptions
  /** How long to wait for another instance's migration. */
  readonly migrationMs: number
}

/**
 * Opens a SQLite file for reading, with the newest schema. A file that is not there is made, readable
 * by its owner only. Of several instances that start at the same moment one prepares the file, and
 * the others wait their turn.
 *
 * @throws Error with `code` when the file cannot be opened, is no database, is damaged or cannot be
 * migrated
 */
export async function openFile(options: OpenFileOptions): Promise<SqliteDatabase> {
  const { file, migrationMs } = options
  makeFolder(dirname(file))
  closeSync(openSync(file, 'a', 0o600))
  const end = performance.now() + migrationMs
  for (;;) {
    try {
      return await openMigrated(options)
    } catch (error) {
      if (!isBusy(error) || performance.now() >= end) throw error
    }
    await sleep(LOOK_EVERY_MS)
  }
}

async function openMigrated(options: OpenFileOptions): Promise<SqliteDatabase> {
  const { file, tablePrefix, connection } = options
  const database = openSqlite(file, connection)
  try {
    checkWhole(database, file)
    const dialect = new TransactionalDialect({ database: forKysely(database) })
    await migrate(new Kysely<unknown>({ dialect }), { dialect: 'sqlite', tablePrefix })
    database.exec('pragma query_only = on')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Opens the tables of a file that is there, for work beside the service's. Changes no schema. */
export function openFileTables(file: string, connection: SqliteOptions): Kysely<unknown> {
  const database = openSqlite(file, connection)
  return new Kysely<unknown>({ dialect: new SqliteDialect({ database: forKysely(database) }) })
}

/** SQLite can roll back its schema; told so, Kysely migrates in one transaction, all or nothing. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class TransactionalDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }
}

/** Kysely's SQLite dialect wants a statement to say whether it returns rows, and parameters in a list. */
function forKysely(database: SqliteDatabase) {
  return {
    close: () => database.close(),
    prepare(sql: string) {
      // A migration must see what it is about to change under the lock that keeps others out.
      const statement = database.prepare(sql === 'begin' ? 'begin immediate' : sql)
      return {
        reader: statement.columns().length > 0,
        all: (params: readonly unknown[]) => statement.all(...params),
        run: (params: readonly unknown[]) => statement.run(...params),
        iterate: (params: readonly unknown[]) =>
          statement.all(...params)[Symbol.iterator]() as IterableIterator<unknown>,
      }
    },
  }
}
