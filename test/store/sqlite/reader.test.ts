import type { Statement, Statements } from '../../../src/store/sql/statements'
import { openSqlite, type SqliteDatabase } from '../../../src/store/sqlite/binding'
import { createReader } from '../../../src/store/sqlite/reader'
import { temporaryDatabase } from '../../support/temporary'
import { counted } from './counted'

let file: ReturnType<typeof temporaryDatabase>
let database: SqliteDatabase

beforeEach(() => {
  file = temporaryDatabase()
  database = openSqlite(file.file, { busyTimeoutMs: 1000, cacheKib: 1000 })
  database.exec(`create table t (a int, b text); insert into t values (1, 'x'), (2, null)`)
})
afterEach(() => {
  database.close()
  file.remove()
})

const SELECT: Statement = {
  sql: 'select b, a as renamed from t where a >= ? order by a',
  params: ['from'],
  columns: ['b', 'renamed'],
}
const statements = { findUser: SELECT } as unknown as Statements

/** As bindings before Node 22.16 do it: they cannot give rows as lists. */
function withoutLists(whole: SqliteDatabase): SqliteDatabase {
  return {
    exec: sql => whole.exec(sql),
    close: () => whole.close(),
    prepare(sql) {
      const statement = whole.prepare(sql)
      return {
        all: (...params) => statement.all(...params),
        get: (...params) => statement.get(...params),
        run: (...params) => statement.run(...params),
        columns: () => statement.columns(),
      }
    },
  }
}

test.each([
  ['as it is', (whole: SqliteDatabase) => whole],
  ['without rows as lists', withoutLists],
])('rows have the names of their columns, in a binding %s', (_what, binding) => {
  const read = createReader(binding(database), statements)
  expect(read('findUser', [1])).toEqual([
    { b: 'x', renamed: 1 },
    { b: null, renamed: 2 },
  ])
  expect(read('findUser', [2])).toEqual([{ b: null, renamed: 2 }])
  expect(read('findUser', [3])).toEqual([])
})

test('SQLite reads and plans a statement once', () => {
  const { database: listed, planned } = counted(database)
  const read = createReader(listed, statements)
  expect(planned).toEqual([])
  for (let i = 0; i < 3; i++) read('findUser', [1])
  expect(planned).toEqual([SELECT.sql])
})

test('a read sees what another connection has committed meanwhile', () => {
  const read = createReader(database, statements)
  expect(read('findUser', [2])).toHaveLength(1)
  const other = openSqlite(file.file, { busyTimeoutMs: 1000, cacheKib: 1000 })
  other.exec(`insert into t values (3, 'y')`)
  other.close()
  expect(read('findUser', [2])).toHaveLength(2)
})
