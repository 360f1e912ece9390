import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../src/store/open'
import type { CompletedLogin, Store } from '../../src/store/store'
import { available, startMariadb, startPostgres, startRedis } from '../support/databases'
import { temporaryDatabase } from '../support/temporary'

const NOW = Date.UTC(2026, 0, 2)
let serial = 0
const unique = (name: string) => `${name}-${++serial}`

const claim = (codeHash = unique('hash'), owner = unique('owner')) => ({
  codeHash,
  owner,
  idempotencyHash: null,
  now: NOW,
  expiresAt: NOW + 600_000,
})

const login = (overrides: Partial<CompletedLogin> = {}): CompletedLogin => ({
  codeHash: unique('hash'),
  owner: unique('owner'),
  sessionId: unique('session'),
  newUserId: unique('user'),
  appid: 'wx0000000000000000',
  openid: unique('openid'),
  unionid: null,
  sealed: 'kid.sealed',
  keyHash: 'key-1',
  now: NOW,
  expiresAt: NOW + 1000,
  ...overrides,
})

/** Which user each session turned out to belong to. */
const userOf = new Map<string, string>()
const refOf = ({ sessionId: id }: CompletedLogin) => ({ id, userId: String(userOf.get(id)) })

function remembering(store: Store): Store {
  return {
    ...store,
    async completeLogin(login) {
      const outcome = await store.completeLogin(login)
      userOf.set(login.sessionId, outcome.userId)
      return outcome
    },
  }
}

interface Backend {
  url: string
  redisUrl?: string
  remove(): unknown
}

const SWEEP_BATCH = 5
const log = { info() {}, warn() {}, error() {} }
const BACKENDS: Record<string, () => Promise<Backend> | Backend> = {
  memory: () => ({ url: 'memory:', remove() {} }),
  SQLite: temporaryDatabase,
  ...(available('postgres') && {
    PostgreSQL: () => startPostgres(['fsync=off']),
    'PostgreSQL, one connection': () => withOneConnection(startPostgres(['fsync=off'])),
  }),
  ...(available('mariadb') && {
    MariaDB: () => startMariadb(),
    'MariaDB, one connection': () => withOneConnection(startMariadb()),
  }),
  ...(available('redis') && { Redis: redisAndUsers }),
}

/** Whoever needed a second connection while holding the first would wait for ever. */
async function withOneConnection(started: Promise<Backend>): Promise<Backend> {
  const server = await started
  return { url: `${server.url}?connection_limit=1`, remove: () => server.remove() }
}

async function redisAndUsers(): Promise<Backend> {
  const users = temporaryDatabase()
  const redis = await startRedis()
  return {
    url: users.url,
    redisUrl: redis.url,
    async remove() {
      await redis.remove()
      users.remove()
    },
  }
}

describe.each(Object.keys(BACKENDS))('the store contract on %s', kind => {
  let backend: Backend
  let store: Store

  beforeAll(async () => {
    backend = (await BACKENDS[kind]?.()) as Backend
    const { url, redisUrl } = backend
    store = remembering(await openStore(url, { log, redisUrl, sweepBatch: SWEEP_BATCH }))
  }, 60_000)
  afterAll(async () => {
    await store.close()
    await backend.remove()
  })

  describe('login codes', () => {
    test('a code is claimed by one of 50 callers at once', async () => {
      const codeHash = unique('hash')
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, () => store.claimCode(claim(codeHash))),
      )
      expect(outcomes.filter(known => known === undefined)).toHaveLength(1)
      expect(new Set(outcomes.filter(Boolean).map(known => known?.owner)).size).toBe(1)
      expect(outcomes.find(Boolean)).toMatchObject({ status: 'claimed', claimedAt: NOW })
    })

    test('a code that is given back can be claimed again, but only its owner gives it back', async () => {
      const first = claim()
      await store.claimCode(first)
      await store.releaseCode(first.codeHash, 'somebody else')
      expect(await store.findCode(first.codeHash)).toMatchObject({ owner: first.owner })
      await store.releaseCode(first.codeHash, first.owner)
      expect(await store.findCode(first.codeHash)).toBeUndefined()
      expect(await store.claimCode(claim(first.codeHash))).toBeUndefined()
    })

    test('a failure is kept with its errcode, and a settled code stays settled', async () => {
      const first = claim()
      await store.claimCode(first)
      const failure = { owner: first.owner, error: 'code_invalid', wxErrcode: 40029, now: NOW + 5 }
      await store.failCode(first.codeHash, failure)
      const settled = {
        status: 'failed',
        error: 'code_invalid',
        wxErrcode: 40029,
        settledAt: NOW + 5,
      }
      expect(await store.findCode(first.codeHash)).toMatchObject(settled)
      await store.failCode(first.codeHash, { ...failure, error: 'internal' })
      await store.releaseCode(first.codeHash, first.owner)
      expect(await store.findCode(first.codeHash)).toMatchObject(settled)
    })

    test('a completed login settles its code with the session and whether the user is new', async () => {
      const first = claim()
      await store.claimCode(first)
      const done = login({ codeHash: first.codeHash, owner: first.owner, now: NOW + 7 })
      await store.completeLogin(done)
      expect(await store.findCode(first.codeHash)).toMatchObject({
        status: 'done',
        session: { id: done.sessionId, userId: done.newUserId },
        isNewUser: true,
        settledAt: NOW + 7,
      })
    })
  })

  describe('users', () => {
    test('(appid, openid) is one user: 50 first logins at once, one of them new', async () => {
      const openid = unique('openid')
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, () => store.completeLogin(login({ openid }))),
      )
      expect(outcomes.filter(({ isNewUser }) => isNewUser)).toHaveLength(1)
      expect(new Set(outcomes.map(({ userId }) => userId)).size).toBe(1)
    })

    test('the same openid in another app is another user', async () => {
      const openid = unique('openid')
      const one = await store.completeLogin(login({ openid }))
      const two = await store.completeLogin(login({ openid, appid: 'wx1111111111111111' }))
      expect(one.userId).not.toBe(two.userId)
    })

    test('openids differ by case, and any text is only text', async () => {
      const openids = ['oABC', 'oabc', "o'; drop table users; --", 'o"\\%_', '오픈🙂', ' o ', 'o']
      const ids = new Set<string>()
      for (const openid of openids) {
        const { userId } = await store.completeLogin(login({ openid }))
        ids.add(userId)
        expect((await store.findUser(userId))?.openid).toBe(openid)
      }
      expect(ids.size).toBe(openids.length)
    })

    test('a unionid arrives late and stays when it is not named again', async () => {
      const openid = unique('openid')
      const { userId } = await store.completeLogin(login({ openid }))
      expect((await store.findUser(userId))?.unionid).toBeNull()
      await store.completeLogin(login({ openid, unionid: 'union' }))
      await store.completeLogin(login({ openid }))
      expect((await store.findUser(userId))?.unionid).toBe('union')
    })

    test('an earlier session sees a unionid that a later login brought, or changed', async () => {
      const openid = unique('openid')
      const early = login({ openid })
      await store.completeLogin(early)
      expect(await store.findSession(refOf(early))).toMatchObject({ unionid: null })
      await store.completeLogin(login({ openid, unionid: 'union|1' }))
      expect(await store.findSession(refOf(early))).toMatchObject({ unionid: 'union|1' })
      await store.completeLogin(login({ openid, now: NOW + 1 }))
      expect(await store.findSession(refOf(early))).toMatchObject({ unionid: 'union|1' })
      const late = login({ openid, unionid: 'union-2', now: NOW - 1 })
      await store.completeLogin(late)
      for (const each of [early, late]) {
        const session = await store.findSession(refOf(each))
        expect(session).toMatchObject({ unionid: 'union-2', userKeyHash: 'key-1' })
      }
    })

    test('a user is found by its identity, in its own app only', async () => {
      const one = login()
      const { userId } = await store.completeLogin(one)
      const found = await store.findUserByOpenid(one.appid, one.openid)
      expect(found).toEqual(await store.findUser(userId))
      expect(found).toMatchObject({ id: userId, openid: one.openid, createdAt: NOW })
      expect(await store.findUserByOpenid('wx1111111111111111', one.openid)).toBeUndefined()
      expect(await store.findUserByOpenid(one.appid, unique('openid'))).toBeUndefined()
    })

    test('the same openid under two appids is two users, and the same unionid links them', async () => {
      const openid = unique('openid')
      const unionid = unique('union')
      const apps = ['wx0000000000000000', 'wx1111111111111111']
      const ids: string[] = []
      for (const [i, appid] of apps.entries()) {
        const each = login({ openid, unionid, appid, now: NOW + i })
        ids.push((await store.completeLogin(each)).userId)
      }
      await store.completeLogin(login({ unionid: unionid.toUpperCase() }))
      await store.completeLogin(login())
      expect(new Set(ids).size).toBe(2)
      const linked = await store.findUsersByUnionid(unionid)
      expect(linked.map(({ id, appid }) => [id, appid])).toEqual(ids.map((id, i) => [id, apps[i]]))
      expect(await store.findUsersByUnionid(unique('union'))).toEqual([])
    })

    test('a unionid that changes takes the link with it, and the user stays who it was', async () => {
      const openid = unique('openid')
      const [before, after] = [unique('union'), unique('union')]
      const { userId } = await store.completeLogin(login({ openid, unionid: before }))
      const other = await store.completeLogin(login({ unionid: before }))
      await store.completeLogin(login({ openid, unionid: after }))
      const idsOf = async (unionid: string) =>
        (await store.findUsersByUnionid(unionid)).map(({ id }) => id)
      expect(await idsOf(before)).toEqual([other.userId])
      expect(await idsOf(after)).toEqual([userId])
    })

    test('all users with a phone number are found by it, and no longer once it is cleared', async () => {
      const phoneNumber = unique('+86138')
      const ids: string[] = []
      for (const now of [NOW, NOW + 1]) {
        const { userId } = await store.completeLogin(login({ now }))
        await store.updateProfile(userId, { phoneNumber })
        ids.push(userId)
      }
      const idsFound = async () => (await store.findUsersByPhone(phoneNumber)).map(({ id }) => id)
      expect(await idsFound()).toEqual(ids)
      await store.updateProfile(String(ids[0]), { nickname: 'n' })
      expect(await idsFound()).toEqual(ids)
      await store.updateProfile(String(ids[0]), { phoneNumber: null })
      expect(await idsFound()).toEqual([ids[1]])
    })

    test('a profile changes where it is told to, and null clears', async () => {
      const { userId } = await store.completeLogin(login())
      await store.updateProfile(userId, { nickname: '小明', avatarUrl: 'https://a' })
      await store.updateProfile(userId, { nickname: null })
      await store.updateProfile(userId, {})
      await store.updateProfile(userId, { phoneNumber: '13800000000' })
      expect(await store.findUser(userId)).toMatchObject({
        nickname: null,
        avatarUrl: 'https://a',
        phoneNumber: '13800000000',
      })
    })

    test('a login is noted, and who is unknown is undefined', async () => {
      const openid = unique('openid')
      const { userId } = await store.completeLogin(login({ openid }))
      await store.completeLogin(login({ openid, now: NOW + 90 }))
      const user = await store.findUser(userId)
      expect(user).toMatchObject({ createdAt: NOW, lastLoginAt: NOW + 90, phoneNumber: null })
      expect(await store.findUser('nobody')).toBeUndefined()
    })
  })

  describe('sessions', () => {
    test('a session comes with its user in one look', async () => {
      const one = login({ unionid: 'u' })
      const { userId } = await store.completeLogin(one)
      expect(await store.findSession(refOf(one))).toEqual({
        id: one.sessionId,
        userId,
        appid: one.appid,
        openid: one.openid,
        unionid: 'u',
        sealed: 'kid.sealed',
        keyHash: 'key-1',
        createdAt: NOW,
        expiresAt: NOW + 1000,
        userKeyHash: 'key-1',
        userKeyAt: NOW,
        userKeyCheck: null,
      })
    })

    test('an older session sees that a newer login brought another session_key', async () => {
      const openid = unique('openid')
      const older = login({ openid })
      await store.completeLogin(older)
      await store.completeLogin(login({ openid, keyHash: 'key-2', now: NOW + 10 }))
      await store.completeLogin(login({ openid, keyHash: 'key-0', now: NOW - 10 }))
      expect(await store.findSession(refOf(older))).toMatchObject({
        keyHash: 'key-1',
        userKeyHash: 'key-2',
        userKeyAt: NOW + 10,
      })
    })

    test('an ended session is gone, and ending it twice is no error', async () => {
      const one = login()
      await store.completeLogin(one)
      await store.endSession(refOf(one))
      await store.endSession(refOf(one))
      expect(await store.findSession(refOf(one))).toBeUndefined()
    })

    test('ending all sessions of a user ends no one else’s', async () => {
      const openid = unique('openid')
      const mine = [login({ openid }), login({ openid })]
      const other = login()
      const [{ userId } = { userId: '' }] = await Promise.all(
        [...mine, other].map(each => store.completeLogin(each)),
      )
      await store.endSessionsOfUser(userId)
      for (const each of mine) expect(await store.findSession(refOf(each))).toBeUndefined()
      expect(await store.findSession(refOf(other))).toBeDefined()
    })

    test('of 50 logins at once ten sessions stay', async () => {
      const openid = unique('openid')
      const logins = Array.from({ length: 50 }, () => login({ openid }))
      await Promise.all(logins.map(each => store.completeLogin(each)))
      const found = await Promise.all(logins.map(each => store.findSession(refOf(each))))
      expect(found.filter(Boolean)).toHaveLength(10)
      const { userId } = refOf(logins[0] as CompletedLogin)
      expect(await store.findSealedKeys(userId, NOW)).toHaveLength(10)
    })

    test('a newer login with the same session_key makes it newer, on every session', async () => {
      const openid = unique('openid')
      const older = login({ openid })
      await store.completeLogin(older)
      await store.findSession(refOf(older))
      await store.completeLogin(login({ openid, now: NOW + 10 }))
      expect(await store.findSession(refOf(older))).toMatchObject({
        keyHash: 'key-1',
        userKeyHash: 'key-1',
        userKeyAt: NOW + 10,
      })
    })

    test('the sealed keys of a user come newest first, the ended and the foreign left out', async () => {
      const openid = unique('openid')
      const aged = (age: number) => login({ openid, sealed: `kid.${age}`, now: NOW - age })
      const [one, two, three, four] = [aged(1), aged(2), aged(3), aged(4)]
      for (const each of [three, one, four, two, login()]) await store.completeLogin(each)
      await store.endSession(refOf(three))
      await store.resealSession(refOf(two), { sealed: 'kid2.2', from: 'key-1' })
      const { userId } = refOf(one)
      expect(await store.findSealedKeys(userId, NOW)).toEqual([
        { id: one.sessionId, sealed: 'kid.1' },
        { id: two.sessionId, sealed: 'kid2.2' },
        { id: four.sessionId, sealed: 'kid.4' },
      ])
      expect(await store.findSealedKeys('nobody', NOW)).toEqual([])
      await store.endSessionsOfUser(userId)
      expect(await store.findSealedKeys(userId, NOW)).toEqual([])
    })

    test('the sealed keys are those of sessions that still run by the caller’s clock', async () => {
      const openid = unique('openid')
      const short = login({ openid, expiresAt: NOW + 60_000 })
      const long = login({ openid, expiresAt: NOW + 60_001 })
      for (const each of [short, long]) await store.completeLogin(each)
      const left = await store.findSealedKeys(refOf(long).userId, NOW + 60_000)
      expect(left.map(({ id }) => id)).toEqual([long.sessionId])
    })

    test('a session’s secrets can be sealed anew', async () => {
      const one = login()
      await store.completeLogin(one)
      await store.resealSession(refOf(one), { sealed: 'kid2.sealed', from: 'key-1' })
      expect(await store.findSession(refOf(one))).toMatchObject({
        sealed: 'kid2.sealed',
        keyHash: 'key-1',
      })
    })

    test('a renewal that began before the log-out brings no ended session back', async () => {
      const one = login()
      await store.completeLogin(one)
      expect(await store.findSession(refOf(one))).toBeDefined()
      await store.endSession(refOf(one))
      await store.resealSession(refOf(one), { sealed: 'kid2.sealed', from: 'key-1' })
      expect(await store.findSession(refOf(one))).toBeUndefined()
    })

    test('a session that holds another key by now is not sealed back', async () => {
      const one = login()
      await store.completeLogin(one)
      await store.resealSession(refOf(one), { sealed: 'new', from: 'key-1', keyHash: 'key-2' })
      await store.resealSession(refOf(one), { sealed: 'late', from: 'key-1' })
      expect(await store.findSession(refOf(one))).toMatchObject({ sealed: 'new', keyHash: 'key-2' })
      await store.endSession(refOf(one))
      await store.resealSession(refOf(one), { sealed: 'dead', from: 'key-2' })
      expect(await store.findSession(refOf(one))).toBeUndefined()
    })
  })

  describe('session_keys', () => {
    const checkOf = async (one: CompletedLogin) =>
      (await store.findSession(refOf(one)))?.userKeyCheck

    test('what WeChat said of the newest key is kept, and the latest word counts', async () => {
      const one = login()
      const { userId } = await store.completeLogin(one)
      await store.noteKeyCheck(userId, 'key-1', { at: NOW + 5, valid: true })
      expect(await checkOf(one)).toEqual({ at: NOW + 5, valid: true })
      await store.noteKeyCheck(userId, 'key-1', { at: NOW + 9, valid: false })
      await store.noteKeyCheck(userId, 'key-1', { at: NOW + 7, valid: true })
      expect(await checkOf(one)).toEqual({ at: NOW + 9, valid: false })
      expect(await store.findSession(refOf(one))).toMatchObject({
        userKeyHash: 'key-1',
        userKeyAt: NOW,
      })
    })

    test('what is known of the user otherwise stays: a unionid that came late', async () => {
      const openid = unique('openid')
      const older = login({ openid })
      await store.completeLogin(older)
      const { userId } = await store.completeLogin(login({ openid, unionid: 'late' }))
      await store.noteKeyCheck(userId, 'key-1', { at: NOW + 5, valid: true })
      expect((await store.findSession(refOf(older)))?.unionid).toBe('late')
      await store.replaceNewestKey(userId, { from: 'key-1', to: 'key-2', now: NOW + 6 })
      expect((await store.findSession(refOf(older)))?.unionid).toBe('late')
    })

    test('what it said of a key that is not the newest is nothing about the newest', async () => {
      const openid = unique('openid')
      const older = login({ openid })
      const newer = login({ openid, keyHash: 'key-2', now: NOW + 10 })
      const { userId } = await store.completeLogin(older)
      await store.completeLogin(newer)
      await store.noteKeyCheck(userId, 'key-1', { at: NOW + 20, valid: false })
      expect(await checkOf(newer)).toBeNull()
    })

    test('a newer key has a clean record; a login that comes in late changes none', async () => {
      const openid = unique('openid')
      const { userId } = await store.completeLogin(login({ openid }))
      await store.noteKeyCheck(userId, 'key-1', { at: NOW + 5, valid: false })
      const late = login({ openid, keyHash: 'key-0', now: NOW - 10 })
      await store.completeLogin(late)
      expect(await checkOf(late)).toEqual({ at: NOW + 5, valid: false })
      const newer = login({ openid, keyHash: 'key-2', now: NOW + 10 })
      await store.completeLogin(newer)
      expect(await checkOf(newer)).toBeNull()
    })

    test('the newest key gives way to the one that replaced it, and to no other', async () => {
      const one = login()
      const { userId } = await store.completeLogin(one)
      await store.noteKeyCheck(userId, 'key-1', { at: NOW + 5, valid: true })
      await store.replaceNewestKey(userId, { from: 'key-0', to: 'key-9', now: NOW + 8 })
      await store.replaceNewestKey(userId, { from: 'key-1', to: 'key-2', now: NOW + 9 })
      expect(await store.findSession(refOf(one))).toMatchObject({
        keyHash: 'key-1',
        userKeyHash: 'key-2',
        userKeyAt: NOW + 9,
        userKeyCheck: null,
      })
    })

    test('a session that is sealed anew for another reason at the same moment holds the new key', async () => {
      const one = login()
      await store.completeLogin(one)
      await Promise.all([
        store.resealSession(refOf(one), { sealed: 'by another secret', from: 'key-1' }),
        store.resealSession(refOf(one), { sealed: 'new key', from: 'key-1', keyHash: 'key-2' }),
      ])
      expect(await store.findSession(refOf(one))).toMatchObject({
        sealed: 'new key',
        keyHash: 'key-2',
      })
    })
  })

  describe('shared values', () => {
    const life = { now: NOW, expiresAt: NOW + 5000 }

    test('a value is read until it expires, and the latest one written counts', async () => {
      const key = unique('value')
      expect(await store.readShared(key, NOW)).toBeUndefined()
      await store.writeShared(key, 'first', life)
      await store.writeShared(key, 'it|is | "text" 好', life)
      expect(await store.readShared(key, NOW + 4999)).toBe('it|is | "text" 好')
      expect(await store.readShared(key, NOW + 5000)).toBeUndefined()
    })

    test('a value is removed only if it is still the one that was meant', async () => {
      const key = unique('value')
      await store.writeShared(key, 'first', life)
      await store.writeShared(key, 'second', life)
      expect(await store.dropShared(key, 'first')).toBe(false)
      expect(await store.readShared(key, NOW)).toBe('second')
      expect(await store.dropShared(key, 'second')).toBe(true)
      expect(await store.readShared(key, NOW)).toBeUndefined()
      expect(await store.dropShared(key, 'second')).toBe(false)
    })

    test('of 30 claims at once one succeeds, and it can be given back', async () => {
      const key = unique('lease')
      const owners = Array.from({ length: 30 }, () => unique('owner'))
      const claims = await Promise.all(owners.map(owner => store.claimShared(key, owner, life)))
      expect(claims.filter(Boolean)).toHaveLength(1)
      const winner = String(owners[claims.indexOf(true)])
      expect(await store.readShared(key, NOW)).toBe(winner)
      expect(await store.dropShared(key, 'somebody else')).toBe(false)
      expect(await store.dropShared(key, winner)).toBe(true)
      expect(await store.claimShared(key, unique('owner'), life)).toBe(true)
    })

    test('a claim whose holder is gone ends by itself', async () => {
      const key = unique('lease')
      const claimAt = (now: number) =>
        store.claimShared(key, unique('owner'), { now, expiresAt: now + 1500 })
      expect(await claimAt(NOW)).toBe(true)
      expect(await claimAt(NOW + 1499)).toBe(false)
      expect(await claimAt(NOW + 1500)).toBe(true)
      expect(await claimAt(NOW + 2999)).toBe(false)
    })
  })

  test('calls are counted in windows: 40 at once are 40, and the next window begins with one', async () => {
    const key = unique('address')
    const counted = await Promise.all(
      Array.from({ length: 40 }, () => store.countCall(key, 60_000, NOW)),
    )
    const counts = counted.map(({ count }) => count).sort((a, b) => a - b)
    expect(counts).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    expect(new Set(counted.map(({ endsAt }) => endsAt))).toEqual(new Set([NOW + 60_000]))
    expect(await store.countCall(key, 60_000, NOW + 59_999)).toMatchObject({ count: 41 })
    expect(await store.countCall(key, 60_000, NOW + 60_000)).toEqual({
      count: 1,
      endsAt: NOW + 120_000,
    })
  })

  // In Redis each key expires by itself: redis.test.ts shows that.
  const sweeps = kind !== 'Redis'
  if (!sweeps) {
    test('a sweep has nothing to do: what has expired goes by itself', async () => {
      const dead = login({ expiresAt: NOW + 20 })
      await store.completeLogin(dead)
      expect(await store.sweep(NOW + 20)).toBe(false)
      await sleep(40)
      expect(await store.findSession(refOf(dead))).toBeUndefined()
    })
  }
  const sweepTest = sweeps ? test : () => {}
  sweepTest('a sweep removes what has expired, in batches, and nothing else', async () => {
    while (await store.sweep(NOW + 10_000_000)) {}
    const dead = Array.from({ length: SWEEP_BATCH + 2 }, () => login({ expiresAt: NOW + 20 }))
    const alive = login({ expiresAt: NOW + 21 })
    for (const each of [...dead, alive]) await store.completeLogin(each)
    const left = async () => {
      const found = await Promise.all(dead.map(each => store.findSession(refOf(each))))
      return found.filter(Boolean).length
    }
    expect(await store.sweep(NOW + 19)).toBe(false)
    expect(await left()).toBe(SWEEP_BATCH + 2)
    expect(await store.sweep(NOW + 20)).toBe(true)
    expect(await left()).toBe(2)
    expect(await store.sweep(NOW + 20)).toBe(false)
    expect(await left()).toBe(0)
    expect(await store.findSession(refOf(alive))).toBeDefined()
    const code = claim()
    await store.claimCode(code)
    const key = unique('value')
    await store.writeShared(key, 'value', { now: NOW, expiresAt: code.expiresAt })
    await store.sweep(code.expiresAt)
    expect(await store.findCode(code.codeHash)).toBeUndefined()
    expect(await store.readShared(key, NOW)).toBeUndefined()
  })

  test('it answers a ping', async () => {
    await expect(store.ping()).resolves.toBeUndefined()
  })
})
