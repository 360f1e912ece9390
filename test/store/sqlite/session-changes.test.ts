import type { SessionChanges } from '../../../src/store/sql/driver'
import { openSqlite, type SqliteDatabase } from '../../../src/store/sqlite/binding'
import { openFile } from '../../../src/store/sqlite/open-file'
import { createSessionChanges } from '../../../src/store/sqlite/session-changes'
import { temporaryDatabase } from '../../support/temporary'
import { counted } from './counted'

const CONNECTION = { busyTimeoutMs: 1000, cacheKib: 1000 }
let file: ReturnType<typeof temporaryDatabase>
let reader: SqliteDatabase
let shell: SqliteDatabase
let changes: SessionChanges

const touch = (user: string) =>
  shell.exec(`update mpl_users set last_login_at = last_login_at + 1 where id = '${user}'`)
const anything = () => shell.exec("insert into mpl_data_keys values (hex(randomblob(8)), 'x')")
/** Only what somebody notices: who touches nobody may still let all be forgotten. */
const SCHEMA_CHANGES = [
  ['a trigger is dropped', 'drop trigger mpl_session_deleted'],
  ['a table is renamed', 'alter table mpl_sessions rename to mpl_away'],
  ['a column is added', 'alter table mpl_users add column x text'],
] as const

beforeEach(async () => {
  file = temporaryDatabase()
  const options = { file: file.file, tablePrefix: 'mpl_', connection: CONNECTION }
  reader = await openFile({ ...options, migrationMs: 1000 })
  shell = openSqlite(file.file, CONNECTION)
  for (const user of ['ann', 'bob']) {
    shell.exec(`insert into mpl_users (id, appid, openid, key_hash, key_at, created_at, last_login_at)
      values ('${user}', 'app', '${user}', 'key', 1, 1, 1)`)
  }
  changes = createSessionChanges(reader, 'mpl_')
  changes.look()
})
afterEach(() => {
  reader.close()
  shell.close()
  file.remove()
})

test('the first look knows nothing of before: everything may have changed', () => {
  expect(createSessionChanges(reader, 'mpl_').look()).toBeUndefined()
})

test('each change is told once, whichever commit brought it', () => {
  expect(changes.look()).toEqual([])
  touch('ann')
  expect(changes.look()).toEqual(['ann'])
  expect(changes.look()).toEqual([])
  touch('bob')
  touch('ann')
  expect(changes.look()).toEqual(['bob', 'ann'])
  expect(changes.look()).toEqual([])
})

test('commits that touch nobody are no news', () => {
  anything()
  expect(changes.look()).toEqual([])
})

test('what is not committed yet is not told, and told once it is', () => {
  shell.exec('begin immediate')
  touch('ann')
  expect(changes.look()).toEqual([])
  shell.exec('commit')
  expect(changes.look()).toEqual(['ann'])
})

test('while nothing is committed, a look is one pragma', () => {
  const ran: string[] = []
  const listed = counted(reader).database
  const watching: SqliteDatabase = {
    ...listed,
    prepare(sql) {
      const statement = listed.prepare(sql)
      const noting =
        (run: (...params: unknown[]) => unknown) =>
        (...params: unknown[]) => {
          ran.push(sql)
          return run.apply(statement, params)
        }
      return { ...statement, all: noting(statement.all) as never, get: noting(statement.get) }
    },
  }
  const watched = createSessionChanges(watching, 'mpl_')
  watched.look()
  ran.length = 0
  watched.look()
  watched.look()
  expect(ran).toEqual(['pragma data_version', 'pragma data_version'])
})

test('999 changes are told, of more everybody is named', () => {
  const touchTimes = (times: number) => {
    shell.exec('begin')
    for (let i = 0; i < times; i++) touch('ann')
    shell.exec('commit')
  }
  touchTimes(999)
  expect(changes.look()).toEqual(Array(999).fill('ann'))
  touchTimes(1000)
  expect(changes.look()).toBeUndefined()
  touch('bob')
  expect(changes.look()).toEqual(['bob'])
})

test('a user who is erased lets all be forgotten', () => {
  touch('ann')
  shell.exec("delete from mpl_users where id = 'ann'")
  expect(changes.look()).toBeUndefined()
  touch('bob')
  expect(changes.look()).toEqual(['bob'])
})

test('a list that somebody has emptied or begun anew is no list to read on', () => {
  touch('ann')
  changes.look()
  shell.exec('delete from mpl_session_changes')
  expect(changes.look()).toBeUndefined()
  touch('ann')
  expect(changes.look()).toBeUndefined()
  touch('ann')
  touch('ann')
  expect(changes.look()).toEqual(['ann', 'ann'])
  // The same numbers once more, for other changes.
  shell.exec('begin; delete from mpl_session_changes')
  for (const user of ['bob', 'ann', 'ann', 'ann']) touch(user)
  shell.exec('commit')
  expect(changes.look()).toBeUndefined()
})

test.each(SCHEMA_CHANGES)('everything may have changed where %s', (_what, sql) => {
  shell.exec(sql)
  expect(changes.look()).toBeUndefined()
})

test('without one of the triggers nothing is believed, until it is back', () => {
  const [{ sql } = {}] = shell
    .prepare("select sql from sqlite_schema where name = 'mpl_session_deleted'")
    .all() as { sql?: string }[]
  shell.exec('drop trigger mpl_session_deleted')
  for (let i = 0; i < 3; i++) {
    touch('ann')
    expect(changes.look()).toBeUndefined()
  }
  shell.exec(String(sql))
  expect(changes.look()).toBeUndefined()
  touch('ann')
  expect(changes.look()).toEqual(['ann'])
})

test('a look that failed throws, and is made once more', () => {
  shell.exec('alter table mpl_session_changes rename to mpl_elsewhere')
  touch('ann')
  expect(() => changes.look()).toThrow(/no such table/)
  expect(() => changes.look()).toThrow(/no such table/)
  shell.exec('alter table mpl_elsewhere rename to mpl_session_changes')
  expect(changes.look()).toBeUndefined()
})
