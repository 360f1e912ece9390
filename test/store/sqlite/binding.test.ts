import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openSqlite } from '../../../src/store/sqlite/binding'
import { temporaryDatabase } from '../../support/temporary'

let database: ReturnType<typeof temporaryDatabase>
beforeEach(() => {
  database = temporaryDatabase()
})
afterEach(() => database.remove())

const OPTIONS = { busyTimeoutMs: 100, cacheKib: 1234 }

test('commits are durable: WAL, synchronous FULL, and every limit is the one that was given', () => {
  const connection = openSqlite(database.file, OPTIONS)
  const pragma = (name: string) =>
    Object.values(connection.prepare(`pragma ${name}`).all()[0] ?? {})[0]
  expect(pragma('journal_mode')).toBe('wal')
  expect(pragma('synchronous')).toBe(2)
  expect(pragma('busy_timeout')).toBe(100)
  expect(pragma('foreign_keys')).toBe(1)
  expect(pragma('cache_size')).toBe(-1234)
  expect(pragma('wal_autocheckpoint')).toBe(4000)
  expect(pragma('secure_delete')).toBe(1)
  connection.close()
})

test('a statement says how many rows it changed, and which columns it selects', () => {
  const connection = openSqlite(database.file, OPTIONS)
  connection.exec('create table t (a int, b text)')
  expect(
    Number(connection.prepare('insert into t values (?, ?), (2, null)').run(1, 'x').changes),
  ).toBe(2)
  const select = connection.prepare('select b, a from t where a = ?')
  expect(select.columns().map(({ name }) => name)).toEqual(['b', 'a'])
  expect(select.all(1)).toEqual([expect.objectContaining({ a: 1, b: 'x' })])
  connection.close()
})

test('a file that is no database is refused and closed again', () => {
  writeFileSync(database.file, 'somebody’s novel '.repeat(1000))
  expect(() => openSqlite(database.file, OPTIONS)).toThrow(/not a database/)
  // A connection that were left open would keep a WAL beside the file.
  expect(existsSync(`${database.file}-wal`)).toBe(false)
})

test('a folder that is not there is refused', () => {
  const file = join(dirname(database.file), 'missing', 'login.db')
  expect(() => openSqlite(file, OPTIONS)).toThrow(/open/)
})
