import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openSqlite, type SqliteDatabase } from '../../../src/store/sqlite/binding'
import { openFile } from '../../../src/store/sqlite/open-file'
import { temporaryDatabase } from '../../support/temporary'

let database: ReturnType<typeof temporaryDatabase>
let opened: SqliteDatabase[] = []
beforeEach(() => {
  database = temporaryDatabase()
})
afterEach(() => {
  for (const each of opened) each.close()
  opened = []
  database.remove()
})

const CONNECTION = { busyTimeoutMs: 0, cacheKib: 1000 }
const LONG_MS = 60_000

async function open(file = database.file, migrationMs = LONG_MS): Promise<SqliteDatabase> {
  const connection = await openFile({
    ...{ file, tablePrefix: 'abc_', connection: CONNECTION, migrationMs },
  })
  opened.push(connection)
  return connection
}
function connect(): SqliteDatabase {
  const connection = openSqlite(database.file, CONNECTION)
  opened.push(connection)
  return connection
}

test('the file and its folders are made, for their owner only, with our tables', async () => {
  const file = join(dirname(database.file), 'a', 'b', 'login.db')
  const connection = await open(file)
  expect(statSync(file).mode & 0o077).toBe(0)
  expect(connection.prepare('select id from abc_users').all()).toEqual([])
})

test('the rights of a file that is there are left as they are', async () => {
  writeFileSync(database.file, '', { mode: 0o640 })
  const before = statSync(database.file).mode
  await open()
  expect(statSync(database.file).mode).toBe(before)
})

test('what is opened only reads', async () => {
  const connection = await open()
  expect(() => connection.exec('delete from abc_users')).toThrow(/readonly|read-only/)
})

test('a file that another instance prepares is waited for', async () => {
  const other = connect()
  other.exec('begin immediate')
  let isOpen = false
  const opening = open().then(() => {
    isOpen = true
  })
  // Longer than the pause between two looks: at least one look found the file locked.
  await sleep(150)
  expect(isOpen).toBe(false)
  other.exec('rollback')
  await opening
  expect(isOpen).toBe(true)
})

test('a file that stays locked is given up with SQLite’s own error', async () => {
  connect().exec('begin immediate')
  await expect(open(database.file, 1)).rejects.toMatchObject({ errcode: 5 })
})

test('a file that is no database is refused and left as it is', async () => {
  const text = 'somebody’s novel '.repeat(1000)
  writeFileSync(database.file, text)
  await expect(open()).rejects.toThrow(/not a database/)
  expect(readFileSync(database.file, 'utf8')).toBe(text)
})

test('a folder in the place of the file is refused by its error code', async () => {
  mkdirSync(database.file)
  await expect(open()).rejects.toMatchObject({ code: 'EISDIR' })
})

const CHANGES = 'abc_session_changes'
test.each([
  ['the list of changed sessions', `drop table ${CHANGES}`],
  ['one of its triggers', 'drop trigger abc_session_deleted'],
  ['the list and what writes it', `drop table ${CHANGES}; drop trigger abc_user_updated`],
])('a file that lost %s gets it back, and all are to be forgotten', async (_what, losing) => {
  await open()
  const other = connect()
  const schema = () =>
    other.prepare('select type, name, sql from sqlite_schema order by 1, 2').all()
  const whole = schema()
  other.exec(losing)
  expect(schema()).not.toEqual(whole)
  const connection = await open()
  expect(schema()).toEqual(whole)
  const newest = `select user_id from ${CHANGES} order by seq desc limit 1`
  expect(connection.prepare(newest).all()).toEqual([{ user_id: null }])
})
