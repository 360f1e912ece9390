import {
  closeSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { openSqlite } from '../../../src/store/sqlite/binding'
import {
  checkWhole,
  DAMAGED,
  FILE_GONE,
  FIX,
  identityOf,
  isCheckedAtStart,
  isDamage,
  isInPlace,
} from '../../../src/store/sqlite/damage'
import { temporaryDatabase } from '../../support/temporary'

let database: ReturnType<typeof temporaryDatabase>
beforeEach(() => {
  database = temporaryDatabase()
})
afterEach(() => database.remove())

const PAGE = 4096
const connect = () => openSqlite(database.file, { busyTimeoutMs: 100, cacheKib: 1000 })

/** A file of several pages, of which the last is overwritten if `harmed`. */
function makeFile({ harmed }: { harmed: boolean }): void {
  const connection = connect()
  connection.exec('create table t (a text)')
  for (let i = 0; i < 20; i++) connection.exec(`insert into t values ('${'x'.repeat(3000)}')`)
  connection.exec('pragma wal_checkpoint(truncate)')
  connection.close()
  if (!harmed) return
  const file = openSync(database.file, 'r+')
  writeSync(file, Buffer.alloc(PAGE, 0xa5), 0, PAGE, statSync(database.file).size - PAGE)
  closeSync(file)
}

function failureOf(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

const coded = (errcode: number) => Object.assign(new Error('said no'), { errcode })

test.each<[string, unknown, boolean]>([
  ['SQLITE_CORRUPT', coded(11), true],
  ['SQLITE_CORRUPT_INDEX, a kind of it', coded(11 | (3 << 8)), true],
  ['SQLITE_NOTADB', coded(26), true],
  ['in words: malformed', new Error('database disk image is malformed'), true],
  ['in words: not a database', new Error('file is not a database'), true],
  ['SQLITE_BUSY', coded(5), false],
  ['SQLITE_FULL', coded(13), false],
  ['another number with 11 in its upper byte', coded(5 | (11 << 8)), false],
  ['another error', new Error('no such table: t'), false],
])('%s: is it damage?', (_what, error, answer) => {
  expect(isDamage(error)).toBe(answer)
})

test('a whole file passes', () => {
  makeFile({ harmed: false })
  const connection = connect()
  expect(() => checkWhole(connection, database.file)).not.toThrow()
  connection.close()
})

test('a file with one bad page does not pass, though nobody has read that page', () => {
  makeFile({ harmed: true })
  const connection = connect()
  const error = failureOf(() => checkWhole(connection, database.file))
  expect(isDamage(error)).toBe(true)
  connection.close()
})

test('a file that is too large is not checked', () => {
  makeFile({ harmed: true })
  const connection = connect()
  // Sparse: it takes no place on the disk.
  truncateSync(database.file, 128 * 1024 * 1024 + 1)
  expect(() => checkWhole(connection, database.file)).not.toThrow()
  connection.close()
})

test('up to 8 MB the start waits for the check of a file; the writes wait for that of a larger one', () => {
  makeFile({ harmed: false })
  truncateSync(database.file, 8 * 1024 * 1024)
  expect(isCheckedAtStart(database.file)).toBe(true)
  truncateSync(database.file, 8 * 1024 * 1024 + 1)
  expect(isCheckedAtStart(database.file)).toBe(false)
})

test('a file is in place until it is moved, removed or replaced; writing changes nothing', () => {
  makeFile({ harmed: false })
  const identity = identityOf(database.file)
  writeFileSync(database.file, 'more', { flag: 'a' })
  expect(isInPlace(database.file, identity)).toBe(true)
  const away = `${database.file}.away`
  renameSync(database.file, away)
  expect(isInPlace(database.file, identity)).toBe(false)
  writeFileSync(database.file, '')
  expect(isInPlace(database.file, identity)).toBe(false)
  renameSync(away, database.file)
  expect(isInPlace(database.file, identity)).toBe(true)
  rmSync(database.file)
  expect(isInPlace(database.file, identity)).toBe(false)
})

test.each([DAMAGED, FILE_GONE])(
  'for %s the operator is told to put a backup in its place',
  name => {
    expect(FIX[name]).toContain('backup')
  },
)
