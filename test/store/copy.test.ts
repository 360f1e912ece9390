import { type CopyOptions, copyStore } from '../../src/store/copy'
import { openStore } from '../../src/store/open'
import { type OpenedTables, openTables } from '../../src/store/open-tables'
import { available } from '../support/databases'
import { quiet } from '../support/quiet'
import { sqliteAdmin } from '../support/raw-store'
import { sharedDatabase } from '../support/shared-servers/database'
import { temporaryDatabase } from '../support/temporary'
import { login, NOW, unique } from './contract/samples'

interface Place {
  readonly url: string
  remove(): unknown
}

const PLACES: Readonly<Record<string, () => Promise<Place> | Place>> = {
  SQLite: temporaryDatabase,
  ...(available('postgres') && { PostgreSQL: () => sharedDatabase('postgres') }),
  ...(available('mariadb') && { MariaDB: () => sharedDatabase('mariadb') }),
}
const PAIRS = Object.keys(PLACES).flatMap(from =>
  Object.keys(PLACES).map(to => [from, to] as const),
)

const place = (kind: string) => (PLACES[kind] ?? temporaryDatabase)()
const USERS = 150

/** A store with users, each with a session that runs; one of the sessions has ended. */
async function filled(url: string): Promise<void> {
  const store = await openStore(url, quiet)
  await store.proofs.createKey('kid.data-key')
  const all = Array.from({ length: USERS }, (_, i) => ({
    openid: unique('openid'),
    unionid: i % 2 ? `unionid-${i}` : null,
    proof: i % 3 ? 'proof' : null,
    sessionKeyHash: i % 5 ? `hash-${i}` : null,
  }))
  for (const each of all) await store.sessions.begin(login({ ...each, expiresAt: NOW + 1000 }))
  // Some have several sessions, which may stand on both sides of the end of a page.
  for (const each of all.filter((_, i) => i % 3 === 0)) {
    for (const expiresAt of [NOW + 500, NOW + 2000]) {
      await store.sessions.begin(login({ ...each, expiresAt }))
    }
  }
  await store.sessions.begin(login({ expiresAt: NOW - 1 }))
  const page = await store.users.list('')
  await store.users.update(String(page[0]?.id), { nickname: "小明 “😀” \\ '", avatarUrl: null })
  await store.close()
}

async function made(url: string): Promise<void> {
  const store = await openStore(url, quiet)
  await store.close()
}

async function copy(from: string, to: string, options: Partial<CopyOptions> = {}) {
  const sides: OpenedTables[] = []
  try {
    for (const url of [from, to]) sides.push(await openTables(url, quiet))
    const [source, target] = sides as [OpenedTables, OpenedTables]
    const common = { from: source, to: target, isResumed: false, now: NOW, batch: 37, tell() {} }
    return await copyStore({ ...common, ...options })
  } finally {
    for (const side of sides) await side.close()
  }
}

async function usersOf(url: string) {
  const store = await openStore(url, quiet)
  const users = []
  for (let after = ''; ; ) {
    const page = await store.users.list(after)
    users.push(...page)
    if (page.length < 101) break
    after = String(page.at(-1)?.id)
  }
  const sessions = await Promise.all(users.map(({ id }) => store.sessions.list(id, NOW)))
  const key = await store.proofs.readKey()
  await store.close()
  const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1)
  return { users: users.sort(byId), sessions: sessions.flat().sort(byId), key }
}

const running = { users: USERS + 1, sessions: USERS + (USERS / 3) * 2 }

test.each(PAIRS)(
  'from %s to %s: every user, every session that runs, the data key',
  async (one, other) => {
    const [from, to] = [await place(one), await place(other)]
    await filled(from.url)
    await made(to.url)
    const told: string[] = []
    const copied = await copy(from.url, to.url, {
      tell: (table, done, of) => void told.push(`${table} ${done}/${of}`),
    })
    expect(copied).toEqual({ ...running, compared: 1 + running.users + running.sessions })
    expect(told.at(-1)).toBe(`sessions ${running.sessions}/${running.sessions}`)
    expect(await usersOf(to.url)).toEqual(await usersOf(from.url))
    await from.remove()
    await to.remove()
  },
)

describe('a copy', () => {
  let from: ReturnType<typeof temporaryDatabase>
  let to: ReturnType<typeof temporaryDatabase>
  beforeEach(async () => {
    from = temporaryDatabase()
    to = temporaryDatabase()
    await filled(from.url)
    await made(to.url)
  })
  afterEach(() => {
    from.remove()
    to.remove()
  })

  test('that was interrupted is refused without a word, and goes on when told to', async () => {
    const stop = () => {
      throw new Error('pulled the plug')
    }
    let pages = 0
    const tell = () => (++pages === 3 ? stop() : undefined)
    await expect(copy(from.url, to.url, { tell })).rejects.toThrow('pulled the plug')
    await expect(copy(from.url, to.url)).rejects.toMatchObject({ problem: 'target_not_empty' })
    expect(await copy(from.url, to.url, { isResumed: true })).toMatchObject(running)
    expect(await usersOf(to.url)).toEqual(await usersOf(from.url))
  })

  test('into users without a data key is no copy of ours', async () => {
    for (const { url } of [from, to]) {
      const admin = await openTables(url, quiet)
      const keys = admin.db as never as import('kysely').Kysely<{ mpl_data_keys: object }>
      await keys.deleteFrom('mpl_data_keys').execute()
      await admin.close()
    }
    const store = await openStore(to.url, quiet)
    await store.sessions.begin(login({ openid: unique('stranger') }))
    await store.close()
    await expect(copy(from.url, to.url, { isResumed: true })).rejects.toMatchObject({
      problem: 'target_of_another',
    })
  })

  test('goes on from nothing, too', async () => {
    expect(await copy(from.url, to.url, { isResumed: true })).toMatchObject(running)
  })

  test('into another service’s database is refused, told to go on or not', async () => {
    const store = await openStore(to.url, quiet)
    await store.proofs.createKey('kid.another')
    await store.sessions.begin(login({ openid: unique('stranger') }))
    await store.close()
    const before = await usersOf(to.url)
    await expect(copy(from.url, to.url)).rejects.toMatchObject({ problem: 'target_not_empty' })
    await expect(copy(from.url, to.url, { isResumed: true })).rejects.toMatchObject({
      problem: 'target_of_another',
    })
    expect(await usersOf(to.url)).toEqual(before)
  })

  test('that somebody wrote into meanwhile does not pass', async () => {
    const admin = sqliteAdmin(to.file)
    const columns = 'id, appid, openid, key_hash, key_at, created_at, last_login_at'
    let hasWritten = false
    const tell = (table: string) => {
      if (hasWritten || table !== 'users') return
      hasWritten = true
      void admin.query(`insert into mpl_users (${columns}) values ('u', 'a', 'o', 'k', 1, 1, 1)`)
    }
    await expect(copy(from.url, to.url, { tell })).rejects.toMatchObject({
      problem: 'counts_differ',
    })
    admin.end()
  })

  test('whose rows were changed on the way does not pass', async () => {
    await copy(from.url, to.url)
    const admin = await openTables(to.url, quiet)
    const users = admin.db as never as import('kysely').Kysely<{ mpl_users: { nickname: string } }>
    await users.updateTable('mpl_users').set({ nickname: 'other' }).execute()
    await admin.close()
    await expect(copy(from.url, to.url, { isResumed: true })).rejects.toMatchObject({
      problem: 'rows_differ',
    })
  })

  test('of tables of another version is refused', async () => {
    const admin = await openTables(from.url, quiet)
    const steps = admin.db as never as import('kysely').Kysely<{
      mpl_login_migrations: { name: string }
    }>
    await steps
      .deleteFrom('mpl_login_migrations')
      .where('name', '=', '0016_disabled_users')
      .execute()
    await admin.close()
    await expect(copy(from.url, to.url)).rejects.toMatchObject({ problem: 'source_not_current' })
  })
})
