import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, SqliteAdapter, SqliteDialect } from 'kysely'
import { GroupCommit } from './group-commit'
import { migrate, type Tables } from './schema'
import type { Row, SqlDriver } from './sql'
import { openSqlite, type SqliteDatabase, type SqliteStatement } from './sqlite-binding'
import { compileStatements, type StatementName } from './statements'

/** Reads wait on the event loop, so briefly; the writing thread may wait longer for another process. */
const READ_BUSY_TIMEOUT_MS = 100
const WRITE_BUSY_TIMEOUT_MS = 800

const SQLITE_BUSY = 5
const MIGRATION_ATTEMPTS = 50

/**
 * One SQLite file: reads run here on prepared statements in a few microseconds, writes go to a
 * thread of their own. Creates the file, readable by its owner only, and migrates it.
 *
 * @throws Error with `code` when the file cannot be opened, is no database or cannot be migrated
 */
export async function openSqliteDriver(file: string, sweepBatch: number): Promise<SqlDriver> {
  mkdirSync(dirname(file), { recursive: true })
  closeSync(openSync(file, 'a', 0o600))
  const database = openSqlite(file, READ_BUSY_TIMEOUT_MS)
  const db = new Kysely<Tables>({ dialect: new Dialect({ database: forKysely(database) }) })
  try {
    await migrateWhenFree(db)
  } catch (error) {
    database.close()
    throw error
  }
  database.exec('pragma query_only = on')

  const statements = compileStatements(db, 'sqlite', sweepBatch)
  const names = Object.keys(statements) as StatementName[]
  const numbers = new Map(names.map((name, number) => [name, number]))
  const prepared = new Map<StatementName, SqliteStatement>()
  const writer = new GroupCommit({
    script: join(__dirname, 'sqlite-writer.js'),
    workerData: {
      file,
      statements: names.map(name => statements[name].sql),
      busyTimeoutMs: WRITE_BUSY_TIMEOUT_MS,
    },
  })

  return {
    async read(name, params) {
      let statement = prepared.get(name)
      if (!statement) {
        statement = database.prepare(statements[name].sql)
        prepared.set(name, statement)
      }
      return statement.all(...statements[name].params.map(param => params[param])) as Row[]
    },
    write: steps =>
      writer.write(
        steps.map(({ statement, params }) => [
          numbers.get(statement) as number,
          ...statements[statement].params.map(param => params[param]),
        ]),
      ),
    async close() {
      // The writer last: only a connection that may write clears the WAL away when it goes.
      database.close()
      await writer.close()
    },
  }
}

/** SQLite can roll back its schema; told so, Kysely migrates in one transaction, all or nothing. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class Dialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }
}

/** Another instance that starts at the same moment migrates: then this one waits its turn. */
async function migrateWhenFree(db: Kysely<Tables>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await migrate(db, 'sqlite')
    } catch (error) {
      const { errcode } = error as { errcode?: number }
      if (errcode !== SQLITE_BUSY || attempt === MIGRATION_ATTEMPTS) throw error
      await sleep(100)
    }
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
