import type { SqliteDatabase } from '../../../src/store/sqlite/binding'

/** The same connection, which lists the statements that it was given to read and plan. */
export function counted(database: SqliteDatabase): { database: SqliteDatabase; planned: string[] } {
  const planned: string[] = []
  return {
    planned,
    database: {
      exec: sql => database.exec(sql),
      close: () => database.close(),
      prepare(sql) {
        planned.push(sql)
        return database.prepare(sql)
      },
    },
  }
}
