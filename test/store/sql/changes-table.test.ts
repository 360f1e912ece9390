import { CHANGES_TRIGGERS } from '../../../src/store/sql/changes-names'
import { openSqlite, type SqliteDatabase } from '../../../src/store/sqlite/binding'
import { openFile } from '../../../src/store/sqlite/open-file'
import { temporaryDatabase } from '../../support/temporary'

const CONNECTION = { busyTimeoutMs: 1000, cacheKib: 1000 }
let file: ReturnType<typeof temporaryDatabase>
/** As a person at the sqlite3 shell has it. */
let shell: SqliteDatabase

const migrated = async (tablePrefix: string) => {
  const options = { file: file.file, tablePrefix, connection: CONNECTION, migrationMs: 1000 }
  const reader = await openFile(options)
  reader.close()
}

const insertUser = (id: string, openid: string, how = 'insert') =>
  `${how} into mpl_users (id, appid, openid, key_hash, key_at, created_at, last_login_at)
   values ('${id}', 'app', '${openid}', 'key', 1, 1, 1)`
const insertSession = (id: string, userId: string, how = 'insert') =>
  `${how} into mpl_sessions (id, user_id, sealed, key_hash, created_at, expires_at)
   values ('${id}', '${userId}', 'sealed', 'key', 1, 9)`

beforeEach(async () => {
  file = temporaryDatabase()
  await migrated('mpl_')
  shell = openSqlite(file.file, CONNECTION)
  // As it is where a program does not ask for it.
  shell.exec('pragma foreign_keys = off')
  for (const user of ['ann', 'bob']) {
    shell.exec(insertUser(user, `openid-${user}`))
    for (const n of [1, 2]) shell.exec(insertSession(`${user}-${n}`, user))
  }
})
afterEach(() => {
  shell.close()
  file.remove()
})

const noted = (prefix = 'mpl_') =>
  shell
    .prepare(`select user_id from ${prefix}session_changes order by seq`)
    .all()
    .map(row => (row as { user_id: string | null }).user_id)
/** Who was noted by these commits, each once. A user of null is all. */
function notedBy(...commits: readonly string[]): (string | null)[] {
  const before = noted().length
  for (const commit of commits) shell.exec(commit)
  return [...new Set(noted().slice(before))]
}

test('a new user and a new session are no news: nobody remembers them', () => {
  expect(notedBy(insertUser('new', 'openid-new'), insertSession('new-1', 'new'))).toEqual([])
  expect(notedBy(insertSession('ann-3', 'ann'))).toEqual([])
})

test.each([
  ['a session that is changed', "update mpl_sessions set sealed = 'x' where id = 'ann-1'"],
  ['a session that ends', "delete from mpl_sessions where id = 'ann-1'"],
  ['a session in the place of another', insertSession('ann-1', 'ann', 'insert or replace')],
  ['a user who is changed', "update mpl_users set unionid = 'x' where id = 'ann'"],
  [
    'a login',
    `${insertUser('x', 'openid-ann')} on conflict (appid, openid) do update set key_at = 2`,
  ],
  ['a user in the place of himself', insertUser('ann', 'openid-2', 'insert or replace')],
  ['a user in the place of another', insertUser('x', 'openid-ann', 'replace')],
])('%s is noted with the user', (_what, commit) => {
  expect(notedBy(commit)).toEqual(['ann'])
})

test('everybody whom a statement without a condition touches is noted', () => {
  expect(notedBy('delete from mpl_sessions')).toEqual(['ann', 'bob'])
  expect(notedBy('update mpl_users set key_valid = 0')).toEqual(['ann', 'bob'])
})

test.each([
  ["update mpl_sessions set id = 'x' where id = 'ann-1'"],
  ["update or replace mpl_sessions set id = 'bob-1', user_id = 'bob' where id = 'ann-1'"],
  ["update mpl_users set id = 'x' where id = 'ann'"],
  ["update or replace mpl_users set openid = 'openid-bob' where id = 'ann'"],
  ["update mpl_users set appid = 'x' where id = 'ann'"],
  ["delete from mpl_users where id = 'ann'"],
])('%s counts for all, for it may have taken another row away', commit => {
  expect(notedBy(commit)).toEqual([null])
})

test('of a user who is erased nothing stays noted, and all are to be forgotten', () => {
  shell.exec('pragma foreign_keys = on')
  shell.exec("update mpl_sessions set sealed = 'x'")
  shell.exec("delete from mpl_users where id = 'ann'")
  expect(noted()).not.toContain('ann')
  expect(noted()).toContain('bob')
  expect(noted().at(-1)).toBeNull()
})

test('nothing is noted of what is rolled back', () => {
  expect(notedBy('begin', 'delete from mpl_sessions', 'rollback')).toEqual([])
})

test('the list stays short, and its end stays', () => {
  shell.exec('begin')
  for (let i = 0; i < 6000; i++) shell.exec(`update mpl_sessions set sealed = '${i}'`)
  shell.exec('commit')
  expect(noted().length).toBeGreaterThanOrEqual(2048)
  expect(noted().length).toBeLessThan(2048 + 512)
  const [{ last } = {}] = shell
    .prepare('select max(seq) as last from mpl_session_changes')
    .all() as { last?: number }[]
  expect(last).toBe(6000 * 4 + 1)
})

test('two services in one file each note their own', async () => {
  await migrated('other_')
  const [ours, theirs] = [noted().length, noted('other_').length]
  shell.exec("update mpl_sessions set sealed = 'x' where id = 'ann-1'")
  expect([noted().length, noted('other_').length]).toEqual([ours + 1, theirs])
  expect(noted('other_')).toEqual([null])
})

test('the list of triggers is complete', () => {
  const names = shell
    .prepare("select name from sqlite_schema where type = 'trigger'")
    .all()
    .map(row => (row as { name: string }).name)
  expect(names.sort()).toEqual(CHANGES_TRIGGERS.map(name => `mpl_${name}`).sort())
})
