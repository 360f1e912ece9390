import type { NewLogin, SessionRef } from '../../../src/store/contract/sessions'
import type { Store } from '../../../src/store/contract/store'
import { openStore } from '../../../src/store/open'
import { openSqlite, type SqliteDatabase } from '../../../src/store/sqlite/binding'
import { quiet } from '../../support/quiet'
import { temporaryDatabase } from '../../support/temporary'
import { login, NOW, unique } from '../contract/samples'

/** Two processes on one file, and a person at the sqlite3 shell. */
let file: ReturnType<typeof temporaryDatabase>
let here: Store
let there: Store
let shell: SqliteDatabase

beforeAll(async () => {
  file = temporaryDatabase()
  here = await openStore(file.url, quiet)
  there = await openStore(file.url, quiet)
  shell = openSqlite(file.file, { busyTimeoutMs: 1000, cacheKib: 1000 })
})
afterAll(async () => {
  shell.close()
  await Promise.all([here.close(), there.close()])
  file.remove()
})

/** What a process finds that remembers nothing. */
async function findAnew(ref: SessionRef) {
  const store = await openStore(file.url, quiet)
  try {
    return await store.sessions.find(ref)
  } finally {
    await store.close()
  }
}

/** A session that both processes remember. */
async function remembered(overrides: Partial<NewLogin> = {}) {
  const begun = login({ openid: unique('openid'), ...overrides })
  const { userId } = await here.sessions.begin(begun)
  const ref = { id: begun.sessionId, userId }
  for (const store of [here, there]) {
    expect(await store.sessions.find(ref)).toBeDefined()
    expect(await store.sessions.find(ref)).toMatchObject(ref)
  }
  return { begun, ref }
}

type Change = (store: Store, ref: SessionRef, begun: NewLogin) => unknown
const again = (begun: NewLogin, more: Partial<NewLogin>) =>
  login({ appid: begun.appid, openid: begun.openid, ...more })

/** Everything that changes what a check reads. */
const CHANGES: Record<string, Change> = {
  'a log-out': (store, ref) => store.sessions.end(ref),
  'a log-out everywhere': (store, { userId }) => store.sessions.endAll(userId),
  'secrets that are sealed anew': (store, ref, { sessionKeyHash: from }) =>
    store.sessions.reseal(ref, { sealed: 'kid-2.sealed', from, sessionKeyHash: 'key-9' }),
  'a use that is noted': (store, ref) => store.sessions.noteUse(ref, NOW + 7),
  'a login that brings a newer session_key': (store, _ref, begun) =>
    store.sessions.begin(again(begun, { sessionKeyHash: 'key-2', now: NOW + 5 })),
  'a login that brings a unionid': (store, _ref, begun) =>
    store.sessions.begin(again(begun, { unionid: unique('union'), unionidProof: 'proof' })),
  'ten further logins': async (store, _ref, begun) => {
    for (let i = 1; i <= 10; i++) await store.sessions.begin(again(begun, { now: NOW + i }))
  },
  'what WeChat says of the session_key': (store, { userId }, { sessionKeyHash }) =>
    store.users.noteKeyCheck(userId, String(sessionKeyHash), { at: NOW + 3, valid: false }),
  'a session_key that is reset': (store, { userId }, { sessionKeyHash }) =>
    store.users.replaceNewestKey(userId, { from: String(sessionKeyHash), to: 'k', now: NOW + 3 }),
  'a proof of the unionid': (store, { userId: id }, { appid, openid }) =>
    store.proofs.prove({ id, appid, openid, proof: 'p', unionid: UNIONID, unionidProof: 'new' }),
  'a user who is disabled': (store, { userId }) =>
    store.users.disable(userId, { reason: null, now: NOW }),
  'a user who is erased': (store, { userId }) => store.users.erase(userId, NOW),
  'the sweep of what has expired': store => store.sweep(NOW + 10_000_000),
}
const UNIONID = 'union-of-the-sample'

const WHO: Record<string, () => Store> = { 'this process': () => here, 'another one': () => there }

describe.each(Object.keys(WHO))('by %s', who => {
  test.each(Object.keys(CHANGES))('%s is seen by the next check, here and there', async change => {
    const { begun, ref } = await remembered({ unionid: UNIONID, unionidProof: 'old' })
    const before = await here.sessions.find(ref)
    await CHANGES[change]?.((WHO[who] as () => Store)(), ref, begun)
    const [seenHere, seenThere] = await Promise.all([
      here.sessions.find(ref),
      there.sessions.find(ref),
    ])
    const isThere = await findAnew(ref)
    expect(isThere).not.toEqual(before)
    expect(seenHere).toEqual(isThere)
    expect(seenThere).toEqual(isThere)
  })
})

test.each([
  ['delete from mpl_sessions where user_id = $'],
  ['delete from mpl_users where id = $'],
  ["update mpl_sessions set sealed = 'by hand' where user_id = $"],
  ["update mpl_sessions set user_id = 'elsewhere' where user_id = $"],
  ["update mpl_users set openid = openid || '-moved' where id = $"],
  [
    'insert or replace into mpl_sessions select id, user_id, sealed, key_hash, 2, 3, 4 from mpl_sessions where user_id = $',
  ],
])('a person at the shell who runs "%s" is obeyed by the next check', async statement => {
  const { ref } = await remembered()
  const before = await here.sessions.find(ref)
  shell.exec('pragma foreign_keys = off')
  shell.exec(statement.replace('$', `'${ref.userId}'`))
  const isThere = await findAnew(ref)
  expect(isThere).not.toEqual(before)
  expect(await here.sessions.find(ref)).toEqual(isThere)
  expect(await there.sessions.find(ref)).toEqual(isThere)
})

test('a session does come from memory: a change that is hidden from the list is not seen', async () => {
  const { ref } = await remembered()
  const [{ last } = {}] = shell
    .prepare('select max(seq) as last from mpl_session_changes')
    .all() as { last?: number }[]
  shell.exec(`begin immediate;
    update mpl_sessions set sealed = 'hidden' where user_id = '${ref.userId}';
    delete from mpl_session_changes where seq > ${last};
    commit`)
  expect((await findAnew(ref))?.sealed).toBe('hidden')
  expect((await here.sessions.find(ref))?.sealed).toBe('kid.sealed')
  // Whatever else happens to this user brings the truth.
  await there.sessions.noteUse(ref, NOW + 1)
  expect((await here.sessions.find(ref))?.sealed).toBe('hidden')
})

test('logins of others leave what is remembered', async () => {
  const { ref } = await remembered()
  const first = await here.sessions.find(ref)
  for (let i = 0; i < 5; i++) {
    await Promise.all([here.sessions.begin(login()), there.sessions.begin(login())])
    expect(await here.sessions.find(ref)).toBe(first)
  }
})

test('a check that runs beside a log-out never says yes once the log-out is answered', async () => {
  for (let round = 0; round < 100; round++) {
    const { ref } = await remembered()
    let isOver = false
    const checks = [here, there].map(async store => {
      while (!isOver) await store.sessions.find(ref)
    })
    const ending = (round % 2 ? here : there).sessions.end(ref)
    await ending
    const [seenHere, seenThere] = await Promise.all([
      here.sessions.find(ref),
      there.sessions.find(ref),
    ])
    isOver = true
    await Promise.all(checks)
    expect([seenHere, seenThere]).toEqual([undefined, undefined])
  }
})

test('tables that were taken away are no yes from memory', async () => {
  const { ref } = await remembered()
  shell.exec('alter table mpl_sessions rename to mpl_away')
  const refusal = { code: 'store_unavailable' }
  await expect(here.sessions.find(ref)).rejects.toMatchObject(refusal)
  await expect(here.sessions.find(ref)).rejects.toMatchObject(refusal)
  shell.exec('alter table mpl_away rename to mpl_sessions')
  expect(await here.sessions.find(ref)).toMatchObject(ref)
})
