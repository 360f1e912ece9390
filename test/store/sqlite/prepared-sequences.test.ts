import { sequencesOf, valuesOf } from '../../../src/store/sql/sequence'
import { statementsFor } from '../../../src/store/sql/statements'
import { openSqlite, type SqliteDatabase } from '../../../src/store/sqlite/binding'
import { openFile } from '../../../src/store/sqlite/open-file'
import { PreparedSequences } from '../../../src/store/sqlite/prepared-sequences'
import type { WriteMessage } from '../../../src/store/sqlite/writer-messages'
import { temporaryDatabase } from '../../support/temporary'
import { counted } from './counted'

const connection = { busyTimeoutMs: 1000, cacheKib: 1000 }
const statements = statementsFor({ dialect: 'sqlite', tablePrefix: '', sweepBatch: 5 })

let file: ReturnType<typeof temporaryDatabase>
let database: SqliteDatabase
let sequences: PreparedSequences

beforeEach(async () => {
  file = temporaryDatabase()
  const options = { file: file.file, tablePrefix: '', connection, migrationMs: 60_000 }
  ;(await openFile(options)).close()
  database = openSqlite(file.file, connection)
  sequences = new PreparedSequences(database, statements)
})
afterEach(() => {
  database.close()
  file.remove()
})

function message(key: string, given: Record<string, unknown>): WriteMessage {
  return [key, ...valuesOf(sequencesOf(statements)(key), given)]
}

const USER = {
  newUserId: 'user',
  appid: 'wx',
  openid: 'openid',
  unionid: null,
  proof: null,
  unionidProof: null,
  now: 1,
  sessionKeyHash: 'digest',
  sessionKeyAt: 1,
}
const addUser = () => sequences.run(message('upsertUser', USER))
const addSession = (id: string, createdAt: number) =>
  database.exec(
    `insert into sessions (id, user_id, sealed, key_hash, created_at, expires_at)
     values ('${id}', 'user', 'sealed', '', ${createdAt}, 100)`,
  )

test('each statement’s outcome comes in order: a number for a write, plain rows for a select', () => {
  const key = 'upsertUser findSavedUser'
  const [changed, rows] = sequences.run(message(key, USER))
  expect(changed).toBe(1)
  expect(rows).toStrictEqual([
    {
      ...{ id: 'user', unionid: null, unionid_proof: null, key_hash: 'digest', key_at: 1 },
      disabled_at: null,
    },
  ])
})

test('what a statement selects is what the statements after it run with', () => {
  addUser()
  for (const [i, id] of ['oldest', 'second'].entries()) addSession(id, i)
  const [ids, ended] = sequences.run(
    message('findSessionIds endSessionsOfUser', { userId: 'user' }),
  )
  expect(ids).toHaveLength(2)
  expect(ended).toBe(2)
})

test('a sequence that is run again runs with its own values, not with those of before', () => {
  addUser()
  for (const id of ['one', 'two']) addSession(id, 1)
  const end = (sessionId: string) =>
    sequences.run(message('endSession', { userId: 'user', sessionId }))
  expect([end('one'), end('one'), end('two')]).toEqual([[1], [0], [1]])
})

test('SQLite reads and plans each statement once, in whatever sequence it stands', () => {
  const { database: listed, planned } = counted(database)
  const listing = new PreparedSequences(listed, statements)
  for (const key of ['upsertUser', 'upsertUser findSavedUser', 'upsertUser']) {
    listing.run(message(key, USER))
  }
  expect(planned).toEqual([statements.upsertUser.sql, statements.findSavedUser.sql])
})

test('the transaction is the caller’s', () => {
  database.exec('begin')
  addUser()
  database.exec('rollback')
  expect(database.prepare('select id from users').all()).toEqual([])
})
