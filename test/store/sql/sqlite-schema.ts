import { Kysely, SqliteDialect } from 'kysely'
import { openSqlite } from '../../../src/store/sqlite/binding'
import { temporaryDatabase } from '../../support/temporary'

/** A new SQLite file, through Kysely as migrations use it and through SQL of the test's own. */
export function openSchema() {
  const { file, remove } = temporaryDatabase()
  const database = openSqlite(file, { busyTimeoutMs: 1000, cacheKib: 1000 })
  const db = new Kysely<unknown>({
    dialect: new SqliteDialect({
      database: {
        close: () => database.close(),
        prepare(text: string) {
          const statement = database.prepare(text)
          return {
            reader: statement.columns().length > 0,
            all: (params: readonly unknown[]) => statement.all(...params),
            run: (params: readonly unknown[]) => statement.run(...params),
            iterate: (params: readonly unknown[]) =>
              statement.all(...params)[Symbol.iterator]() as IterableIterator<unknown>,
          }
        },
      },
    }),
  })
  return {
    db,
    run: (text: string) => database.exec(text),
    /** The first column of each row. */
    ask: (text: string) =>
      database
        .prepare(text)
        .all()
        .map(row => Object.values(row as object)[0] as unknown),
    async close() {
      await db.destroy()
      remove()
    },
  }
}

export type Schema = ReturnType<typeof openSchema>
