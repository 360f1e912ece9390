import { renameSync, statSync } from 'node:fs'
import { BatchWriter } from '../../../src/store/sqlite/batch-writer'
import { openSqlite, type SqliteDatabase } from '../../../src/store/sqlite/binding'
import { identityOf } from '../../../src/store/sqlite/damage'
import type { WriteMessage } from '../../../src/store/sqlite/writer-messages'
import { temporaryDatabase } from '../../support/temporary'

let file: ReturnType<typeof temporaryDatabase>
let database: SqliteDatabase
let now = 1_000_000

beforeEach(() => {
  file = temporaryDatabase()
  database = openSqlite(file.file, { busyTimeoutMs: 0, cacheKib: 1000 })
  database.exec('create table names (name text not null unique)')
  jest.spyOn(Date, 'now').mockImplementation(() => now)
})
afterEach(() => {
  jest.restoreAllMocks()
  database.close()
  file.remove()
})

function writer(lockMs = 800) {
  const insert = database.prepare('insert into names values (?)')
  const executed: string[] = []
  const watched: SqliteDatabase = {
    exec(sql) {
      executed.push(sql)
      database.exec(sql)
    },
    prepare: sql => database.prepare(sql),
    close: () => database.close(),
  }
  return {
    executed,
    writer: new BatchWriter({
      database: watched,
      file: file.file,
      identity: identityOf(file.file),
      run: ([, name]: WriteMessage) => [Number(insert.run(name).changes)],
      lockMs,
      commitMs: 200,
    }),
  }
}

const batch = (...names: string[]) => ({
  deadline: now + 1000,
  firstDeadline: now + 1000,
  durable: true,
  shredding: [] as number[],
  writes: names.map((name): WriteMessage => ['insert', name]),
})
const stored = () =>
  database
    .prepare('select name from names order by name')
    .all()
    .map(row => (row as { name: string }).name)

test('the writes of a batch share one commit', () => {
  const { writer: it, executed } = writer()
  expect(it.write(batch('a', 'b', 'c'))).toEqual([[1], [1], [1]])
  expect(executed.filter(sql => sql === 'commit')).toHaveLength(1)
  expect(stored()).toEqual(['a', 'b', 'c'])
})

test('one bad write fails alone, and the others are committed one by one', () => {
  const { writer: it } = writer()
  it.write(batch('a'))
  const results = it.write(batch('b', 'a', 'c'))
  expect(results).toEqual([[1], { code: expect.stringMatching(/^sqlite_/) }, [1]])
  expect(stored()).toEqual(['a', 'b', 'c'])
})

test('a batch whose callers have given up is not written', () => {
  const { writer: it } = writer()
  const late = batch('a', 'b')
  now += 1000
  expect(it.write(late)).toEqual([{ code: 'too_late' }, { code: 'too_late' }])
  expect(stored()).toEqual([])
})

test('a file that was moved away is not written to', () => {
  const { writer: it } = writer()
  renameSync(file.file, `${file.file}.away`)
  expect(it.write(batch('a'))).toEqual([{ code: 'sqlite_file_gone' }])
})

test('a locked file fails every write of the batch at once: it is not tried again for each', () => {
  const { writer: it, executed } = writer(0)
  const other = openSqlite(file.file, { busyTimeoutMs: 0, cacheKib: 1000 })
  other.exec('begin immediate')
  expect(it.write(batch('a', 'b'))).toEqual([{ code: 'sqlite_5' }, { code: 'sqlite_5' }])
  expect(executed.filter(sql => sql === 'begin immediate')).toHaveLength(1)
  other.exec('rollback')
  other.close()
  expect(it.write(batch('a'))).toEqual([[1]])
})

test('only a batch that has to be durable waits for the disk', () => {
  const { writer: it, executed } = writer()
  const pragmas = () => executed.filter(sql => /synchronous/.test(sql))
  it.write({ ...batch('a'), durable: false })
  it.write({ ...batch('b'), durable: false })
  it.write(batch('c'))
  expect(pragmas()).toEqual(['pragma synchronous = normal', 'pragma synchronous = full'])
})

test('callers who sat through another batch’s wait for the lock do not wait for it once more', () => {
  const { writer: it, executed } = writer(30)
  const other = openSqlite(file.file, { busyTimeoutMs: 0, cacheKib: 1000 })
  other.exec('begin immediate')
  const attempts = () => executed.splice(0).filter(sql => sql === 'begin immediate').length
  it.write(batch('a'))
  expect(attempts()).toBeGreaterThan(1)
  // The first of them came when the batch before began to wait: nothing is left of its time.
  it.write({ ...batch('b'), firstDeadline: now + 200 })
  expect(attempts()).toBe(1)
  other.exec('rollback')
  other.close()
})

describe('a write that is to leave no trace', () => {
  const shredding = (...names: string[]) => ({ ...batch(...names), shredding: [0] })
  const walBytes = () => statSync(`${file.file}-wal`).size

  test('cuts the WAL to nothing once it is committed, and no other write does', () => {
    const { writer: it } = writer()
    it.write(batch('a'))
    expect(walBytes()).toBeGreaterThan(0)
    expect(it.write(shredding('b'))).toEqual([[1]])
    expect(walBytes()).toBe(0)
    expect(stored()).toEqual(['a', 'b'])
  })

  test('fails where a reader needs the WAL to the deadline; the others of its batch do not', () => {
    const { writer: it } = writer()
    it.write(batch('a'))
    const reader = openSqlite(file.file, { busyTimeoutMs: 0, cacheKib: 1000 })
    reader.exec('begin; select * from names;')
    const both = shredding('b', 'c')
    jest
      .spyOn(Date, 'now')
      .mockReturnValueOnce(now)
      .mockReturnValueOnce(now)
      .mockReturnValue(now + 1000)
    expect(it.write(both)).toEqual([{ code: 'wal_in_use' }, [1]])
    reader.close()
    jest.spyOn(Date, 'now').mockReturnValue(now)
    expect(it.write(shredding('d'))).toEqual([[1]])
    expect(walBytes()).toBe(0)
  })
})
