import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../../src/store/open'
import { openSqlite } from '../../../src/store/sqlite/binding'
import type { Store } from '../../../src/store/store'
import { startSweeper } from '../../../src/store/sweeper'
import { JWT_SECRET, startService } from '../../support/service'
import { temporaryDatabase } from '../../support/temporary'

let database: ReturnType<typeof temporaryDatabase>
let store: Store | undefined
const log = { info() {}, warn() {}, error() {} }
const open = (url: string) => openStore(url, { log })

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
  sealed: 'sealed',
  keyHash: 'key',
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
      connection.prepare(`explain query plan select * from users where ${column} = ?`).all('x'),
    )
  expect(plan('unionid')).toContain('USING INDEX users_unionid')
  expect(plan('phone_number')).toContain('USING INDEX users_phone')
  const [{ partial } = {}] = connection
    .prepare(`select count(*) as partial from pragma_index_list('users') where partial = 1`)
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
    return opened.completeLogin({ ...login(`${openid}${again}`, openid), unionid })
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
  await store.completeLogin(login('one'))
  await store.close()
  store = await open(database.url)
  expect(await store.findSession({ id: 'one', userId: 'one' })).toMatchObject({
    id: 'one',
    userId: 'one',
  })
})

test('a file that a newer version has migrated further still opens: instances are replaced one by one', async () => {
  store = await open(database.url)
  await store.completeLogin(login('one'))
  await store.close()
  const newer = openSqlite(database.file, { busyTimeoutMs: 100, cacheKib: 1000 })
  newer.exec(`insert into login_migrations values ('9999_of_a_newer_version', 'now')`)
  newer.exec('alter table users add column of_a_newer_version text')
  newer.close()
  store = await open(database.url)
  await store.completeLogin(login('two'))
  expect(await store.findSession({ id: 'one', userId: 'one' })).toBeDefined()
})

test('the first release’s file is taken over: login codes that were done stay done', async () => {
  store = await open(database.url)
  await store.completeLogin({ ...login('one'), ...(await claimed(store, 'one')) })
  await store.close()
  const old = openSqlite(database.file, { busyTimeoutMs: 100, cacheKib: 1000 })
  const [{ sql }] = old
    .prepare(`select sql from sqlite_schema where name = 'login_codes'`)
    .all() as [{ sql: string }]
  old.exec('alter table login_codes rename to newer')
  old.exec(`${sql} without rowid`)
  old.exec('insert into login_codes select * from newer; drop table newer')
  old.exec('create index login_codes_expiry on login_codes (expires_at)')
  old.exec('drop table shared_values')
  for (const name of ['key_checked_at', 'key_valid']) {
    old.exec(`alter table users drop column ${name}`)
  }
  old.exec(`delete from login_migrations where name >= '0008'`)
  old.close()
  store = await open(database.url)
  expect(await store.findCode('one')).toMatchObject({ status: 'done', session: { id: 'one' } })
  const now = openSqlite(database.file, { busyTimeoutMs: 100, cacheKib: 1000 })
  expect(now.prepare('select rowid from login_codes').all()).toHaveLength(1)
  expect(
    now.prepare(`select name from sqlite_schema where name = 'login_codes_expiry'`).all(),
  ).toHaveLength(1)
  now.close()
})

async function claimed(store: Store, codeHash: string) {
  const claim = { codeHash, owner: codeHash, idempotencyHash: null, now: 1, expiresAt: 2 }
  expect(await store.claimCode(claim)).toBeUndefined()
  return { codeHash, owner: codeHash }
}

test('two that open a new file at once migrate it once', async () => {
  const stores = await Promise.all([open(database.url), open(database.url)])
  await stores[0]?.completeLogin(login('one'))
  expect(await stores[1]?.findSession({ id: 'one', userId: 'one' })).toBeDefined()
  await Promise.all(stores.map(each => each.close()))
})

test('one bad write in a batch fails alone', async () => {
  store = await open(database.url)
  await store.completeLogin(login('taken'))
  const outcomes = await Promise.allSettled([
    store.completeLogin(login('good')),
    store.completeLogin(login('taken', 'somebody else')),
    store.completeLogin(login('fine')),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(outcomes[1]).toMatchObject({ reason: { code: 'store_unavailable' } })
  expect(await store.findSession({ id: 'good', userId: 'good' })).toBeDefined()
  expect(await store.findSession({ id: 'fine', userId: 'fine' })).toBeDefined()
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

test('the sweeper works by itself, batch after batch, until it is stopped', () => {
  jest.useFakeTimers()
  const more = [true, true, false]
  const sweep = jest.fn(async () => more.shift() ?? false)
  const stop = startSweeper({ store: { sweep }, now: () => 7, log })
  return (async () => {
    try {
      expect(sweep).not.toHaveBeenCalled()
      await jest.advanceTimersByTimeAsync(60_000 + 200)
      expect(sweep).toHaveBeenCalledTimes(3)
      expect(sweep).toHaveBeenCalledWith(7)
      await jest.advanceTimersByTimeAsync(60_000)
      expect(sweep).toHaveBeenCalledTimes(4)
      stop()
      await jest.advanceTimersByTimeAsync(300_000)
      expect(sweep).toHaveBeenCalledTimes(4)
    } finally {
      jest.useRealTimers()
    }
  })()
})
