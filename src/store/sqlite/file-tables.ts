import { Kysely, SqliteAdapter, SqliteDialect } from 'kysely'
import { createChangesTable } from '../sql/changes-table'
import { migrate } from '../sql/migrate'
import { SchemaChange } from '../sql/schema-change'
import type { SchemaTarget } from '../sql/schema-target'
import { openSqlite, type SqliteDatabase, type SqliteOptions } from './binding'

/** Opens the tables of a file that is there, for work beside the service's. Changes no schema. */
export function openFileTables(file: string, connection: SqliteOptions): Kysely<unknown> {
  const database = openSqlite(file, connection)
  return new Kysely<unknown>({ dialect: new SqliteDialect({ database: forKysely(database) }) })
}

/** Migrates a file over a connection that may write. */
export function migrateFile(database: SqliteDatabase, target: SchemaTarget): Promise<void> {
  return migrate(openMigrating(database), target)
}

/** Makes what is missing of the list of changed sessions, and lets all who remember any forget them. */
export function mendChanges(database: SqliteDatabase, target: SchemaTarget): Promise<void> {
  const mending = openMigrating(database).transaction()
  return mending.execute(db => createChangesTable(new SchemaChange(db, target)))
}

function openMigrating(database: SqliteDatabase): Kysely<unknown> {
  return new Kysely<unknown>({
    dialect: new TransactionalDialect({ database: forKysely(database) }),
  })
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
