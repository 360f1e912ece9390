import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createEvents } from '../../../src/events'
import type { Patience } from '../../../src/patience'
import type { Store } from '../../../src/store/contract/store'
import { openStore } from '../../../src/store/open'
import { openSqlite, type SqliteDatabase } from '../../../src/store/sqlite/binding'
import { openFile } from '../../../src/store/sqlite/open-file'
import { quiet } from '../../support/quiet'
import { JWT_SECRET, startService } from '../../support/service'
import { temporaryDatabase } from '../../support/temporary'

/** It does what it always does; a test sees the connection that it gave. */
jest.mock('../../../src/store/sqlite/open-file', () => {
  const actual = jest.requireActual('../../../src/store/sqlite/open-file')
  return { openFile: jest.fn(actual.openFile) }
})

let database: ReturnType<typeof temporaryDatabase>
let store: Store | undefined
const open = (url: string) => openStore(url, quiet)

beforeEach(() => {
  database = temporaryDatabase()
})
afterEach(async () => {
  await store?.close()
  store = undefined
  database.remove()
})

const login = (name: string, openid: string = name) => ({
  codeHash: name,
  owner: name,
  sessionId: name,
  newUserId: name,
  appid: 'wx0000000000000000',
  openid,
  unionid: null,
  ...{ proof: null, unionidProof: null, sessionRef: 'ref' },
  sealed: 'sealed',
  sessionKeyHash: 'key',
  now: 1,
  expiresAt: 2,
})

test('the file and its folder are made at first use, for their owner only', async () => {
  const file = join(dirname(database.file), 'a', 'b', 'login.db')
  store = await open(`sqlite:${file}`)
  expect(statSync(file).mode & 0o077).toBe(0)
})

test('commits are durable: WAL, synchronous FULL, a short busy time-out on the event loop', () => {
  const connection = openSqlite(database.file, { busyTimeoutMs: 100, cacheKib: 1000 })
  const pragma = (name: string) =>
    Object.values(connection.prepare(`pragma ${name}`).all()[0] ?? {})
  expect(pragma('journal_mode')).toEqual(['wal'])
  expect(pragma('synchronous')).toEqual([2])
  expect(pragma('busy_timeout')).toEqual([100])
  expect(pragma('foreign_keys')).toEqual([1])
  connection.close()
})

test('users are looked up by unionid and phone through an index that only holds who has one', async () => {
  store = await open(database.url)
  const connection = openSqlite(database.file, { busyTimeoutMs: 100, cacheKib: 1000 })
  const plan = (column: string) =>
    JSON.stringify(
      connection.prepare(`explain query plan select * from mpl_users where ${column} = ?`).all('x'),
    )
  expect(plan('unionid')).toContain('USING INDEX mpl_users_unionid')
  expect(plan('phone_number')).toContain('USING INDEX mpl_users_phone')
  const [{ partial } = {}] = connection
    .prepare(`select count(*) as partial from pragma_index_list('mpl_users') where partial = 1`)
    .all() as { partial?: number }[]
  expect(partial).toBe(2)
  connection.close()
})

test('a user with a unionid costs a login no page more than one without', async () => {
  const opened = await open(database.url)
  store = opened
  const unionidOf = (i: number) => createHash('sha256').update(String(i)).digest('base64url')
  const logIn = (i: number, withUnionid: boolean, again = '') => {
    const openid = `${withUnionid}-${i}`
    const unionid = withUnionid ? unionidOf(i) : null
    return opened.sessions.begin({ ...login(`${openid}${again}`, openid), unionid })
  }
  const each = Array.from({ length: 1500 }, (_, i) => i)
  await Promise.all(each.flatMap(i => [logIn(i, true), logIn(i, false)]))
  const connection = openSqlite(database.file, { busyTimeoutMs: 1000, cacheKib: 1000 })
  const pagesOf = async (withUnionid: boolean) => {
    connection.exec('pragma wal_checkpoint(truncate)')
    for (let i = 0; i < 60; i++) await logIn((i * 379) % each.length, withUnionid, '-again')
    return statSync(`${database.file}-wal`).size / 4120 / 60
  }
  const [without, having] = [await pagesOf(false), await pagesOf(true)]
  connection.close()
  expect(without).toBeGreaterThan(1)
  expect(having).toBeLessThan(without + 0.5)
})

test('opening it again migrates nothing and finds everything', async () => {
  store = await open(database.url)
  await store.sessions.begin(login('one'))
  await store.close()
  store = await open(database.url)
  expect(await store.sessions.find({ id: 'one', userId: 'one' })).toMatchObject({
    id: 'one',
    userId: 'one',
  })
})

test('a file that a newer version has migrated further still opens: instances are replaced one by one', async () => {
  store = await open(database.url)
  await store.sessions.begin(login('one'))
  await store.close()
  const newer = openSqlite(database.file, { busyTimeoutMs: 100, cacheKib: 1000 })
  newer.exec(`insert into mpl_login_migrations values ('9999_of_a_newer_version', 'now')`)
  newer.exec('alter table mpl_users add column of_a_newer_version text')
  newer.close()
  store = await open(database.url)
  await store.sessions.begin(login('two'))
  expect(await store.sessions.find({ id: 'one', userId: 'one' })).toBeDefined()
})

test('two that open a new file at once migrate it once', async () => {
  const stores = await Promise.all([open(database.url), open(database.url)])
  await stores[0]?.sessions.begin(login('one'))
  expect(await stores[1]?.sessions.find({ id: 'one', userId: 'one' })).toBeDefined()
  await Promise.all(stores.map(each => each.close()))
})

test('one bad write in a batch fails alone', async () => {
  store = await open(database.url)
  await store.sessions.begin(login('taken'))
  const outcomes = await Promise.allSettled([
    store.sessions.begin(login('good')),
    store.sessions.begin(login('taken', 'somebody else')),
    store.sessions.begin(login('fine')),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(outcomes[1]).toMatchObject({ reason: { code: 'store_unavailable' } })
  expect(await store.sessions.find({ id: 'good', userId: 'good' })).toBeDefined()
  expect(await store.sessions.find({ id: 'fine', userId: 'fine' })).toBeDefined()
})

test('closing waits for a login under way, and closing twice is closing once', async () => {
  const service = await startService({ database: database.url })
  service.simulator.fail({ late: 150 })
  const code = service.simulator.mintCode()
  const underWay = service.http
    .post('/login')
    .send({ code })
    .then(answer => answer)
  while (service.simulator.calls.length === 0) await sleep(5)
  await Promise.all([service.login.close(), service.login.close()])
  expect((await underWay).status).toBe(200)
  await service.login.close()
  await service.close()
})

test('nothing in the files gives away a token, a code, a session_key or an Idempotency-Key', async () => {
  const service = await startService({ database: database.url })
  const code = service.simulator.mintCode()
  const { body } = await service.http
    .post('/login')
    .set('Idempotency-Key', 'canary-idempotency-key')
    .send({ code })
    .expect(200)
  const { sessionKey, openid } = service.simulator.user('alice')
  const folder = dirname(database.file)
  const contents = () =>
    readdirSync(folder).map(name => readFileSync(join(folder, name)).toString('latin1'))
  const everything = contents().join('')
  await service.close()
  const afterwards = contents().join('')
  for (const secret of [body.token, code, 'canary-idempotency-key', sessionKey, JWT_SECRET]) {
    expect(everything).not.toContain(String(secret))
    expect(afterwards).not.toContain(String(secret))
  }
  expect(afterwards).toContain(openid)
})

/** Opens the store and lists what it tells of its losses. */
async function openHeard(patience: Partial<Patience> = {}) {
  const events = createEvents()
  const told: (string | undefined)[][] = []
  events.listen(event => {
    if (event.type === 'store.lost') told.push([event.type, event.reason, event.fix])
    if (event.type === 'store.back') told.push([event.type])
  })
  const options = { ...quiet, events, patience: { ...quiet.patience, ...patience } }
  const heard = await openStore(database.url, options)
  store = heard
  return { heard, told }
}

/** Tries until it is done: a thread that ended is started again a moment later. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch {
      await sleep(20)
    }
  }
}

test('a file that is gone before the first write: callers and the operator hear so, until it is back', async () => {
  const { heard, told } = await openHeard()
  renameSync(database.file, `${database.file}.away`)
  for (let i = 0; i < 2; i++) {
    await expect(heard.sessions.begin(login('one'))).rejects.toMatchObject({
      code: 'store_unavailable',
      reason: 'sqlite_file_gone',
    })
  }
  const lost = ['store.lost', 'sqlite_file_gone', expect.stringContaining('put it back')]
  expect(told).toEqual([lost])
  renameSync(`${database.file}.away`, database.file)
  await insist(() => heard.sessions.begin(login('two')))
  expect(told).toEqual([lost, ['store.back']])
})

test('a thread that took long is back with the first commit, also one that changes no row', async () => {
  const { heard, told } = await openHeard({ startMs: 1 })
  const nobody = { id: 'nobody', userId: 'nobody' }
  await expect(heard.sessions.end(nobody)).rejects.toMatchObject({ reason: 'not_open_yet' })
  expect(await insist(() => heard.sessions.end(nobody))).toBe(false)
  expect(told).toEqual([['store.lost', 'not_open_yet', undefined], ['store.back']])
})

test('a start that fails closes its connection', async () => {
  await (await open(database.url)).close()
  const shell = openSqlite(database.file, { busyTimeoutMs: 0, cacheKib: 1000 })
  shell.exec('alter table mpl_session_changes rename column mark to other')
  shell.close()
  await expect(open(database.url)).rejects.toThrow('DATABASE_URL')
  const opened: SqliteDatabase = await jest.mocked(openFile).mock.results.at(-1)?.value
  expect(() => opened.prepare('select 1')).toThrow(/not open|closed/)
})
