import { createFirstLayout } from '../../../src/store/redis/first-layout'
import type { RedisCommands } from '../../../src/store/redis/redis-commands'
import { createRedisKeys } from '../../../src/store/redis/redis-keys'
import { available } from '../../support/databases'
import { NOW, openTwoStores, sampleLogin, type TwoStores, unique } from './two-stores'

const describeRedis = available('redis') ? describe : describe.skip
const LIFE = 3_600_000

/** Work that fails so each time, over a Redis that holds nothing to convert. */
async function attemptsAt(error: string) {
  let attempts = 0
  const redis = { send: async () => [], run: async () => 0 } as unknown as RedisCommands
  const layout = createFirstLayout(redis, createRedisKeys('mpl:'))
  const failing = layout.convertedFor('user', async () => {
    attempts++
    throw new Error(error)
  })
  await expect(failing).rejects.toThrow(error)
  return attempts
}

test('only a wrong type is answered by a conversion, and not for ever', async () => {
  expect(await attemptsAt('OOM command not allowed')).toBe(1)
  expect(await attemptsAt('WRONGTYPE Operation against a key')).toBe(3)
  expect(await attemptsAt('ERR Error running script: @user_script:3: WRONGTYPE Operation')).toBe(3)
})

describeRedis('what version 0.1 left in Redis', () => {
  let two: TwoStores
  beforeAll(async () => {
    two = await openTwoStores()
  })
  afterAll(() => two.close())

  const appid = 'wx0000000000000000'

  /** Writes a user's two sessions as version 0.1 did, string for string. */
  async function leave(checked = '') {
    const [userId, openid] = [unique('user'), unique('openid')]
    // The user rests in the database. What this login leaves in Redis is thrown away.
    const born = sampleLogin({ newUserId: userId, openid, sessionKeyHash: 'key-2', now: NOW + 2 })
    await two.a.sessions.begin(born)
    await two.a.sessions.endAll(userId)
    await two.admin.del(`mpl:{${userId}}:k`)
    const expiresAt = NOW + LIFE
    for (const i of [1, 2]) {
      const id = `${userId}-session-${i}`
      const text = `{"id":"${id}","userId":"${userId}","appid":"${appid}","openid":"${openid}","unionid":null,"sealed":"kid.sealed-${i}","keyHash":"key-${i}","createdAt":${NOW + i},"expiresAt":${expiresAt}}`
      await two.admin.set(`mpl:{${userId}}:s:${id}`, text, {
        expiration: { type: 'PX', value: LIFE },
      })
      await two.admin.zAdd(`mpl:{${userId}}:r`, { score: NOW + i, value: id })
    }
    await two.admin.pExpire(`mpl:{${userId}}:r`, LIFE)
    const newest = `${NOW + 2}${checked}|key-2|union`
    await two.admin.set(`mpl:{${userId}}:k`, newest, { expiration: { type: 'PX', value: LIFE } })
    const [one, other] = [1, 2].map(i => ({ id: `${userId}-session-${i}`, userId }))
    return { userId, openid, one, other } as {
      userId: string
      openid: string
      one: { id: string; userId: string }
      other: { id: string; userId: string }
    }
  }

  test('a session is found with all that belongs to it, on both instances', async () => {
    const { openid, one } = await leave(`,${NOW + 5},1`)
    for (const each of [two.a, two.b]) {
      expect(await each.sessions.find(one)).toEqual({
        ...one,
        ...{ appid, openid, unionid: 'union', unionidProof: null },
        ...{ sealed: 'kid.sealed-1', sessionKeyHash: 'key-1' },
        ...{ createdAt: NOW + 1, expiresAt: NOW + LIFE, lastUsedAt: NOW + 1 },
        ...{ newestKeyHash: 'key-2', newestKeyAt: NOW + 2 },
        newestKeyCheck: { at: NOW + 5, valid: true },
      })
    }
  })

  test('each key keeps its life', async () => {
    const { userId, one } = await leave()
    await two.a.sessions.find(one)
    for (const redisKey of [`mpl:{${userId}}:s:${one.id}`, `mpl:{${userId}}:k`]) {
      expect(await two.admin.type(redisKey)).toBe('hash')
      const life = await two.admin.pTTL(redisKey)
      expect(life).toBeGreaterThan(LIFE - 600_000)
      expect(life).toBeLessThanOrEqual(LIFE)
    }
  })

  test('the earliest form of the newest session_key is read: no check, no unionid, no bar', async () => {
    const { userId, other } = await leave()
    await two.admin.set(`mpl:{${userId}}:k`, `${NOW}|key`)
    expect(await two.b.sessions.find(other)).toMatchObject({
      ...{ unionid: null, newestKeyHash: 'key', newestKeyAt: NOW, newestKeyCheck: null },
    })
  })

  test('50 who ask at once all find it', async () => {
    const { one, other } = await leave()
    const found = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        (i % 2 ? two.a : two.b).sessions.find(i % 3 ? one : other),
      ),
    )
    expect(found.filter(Boolean)).toHaveLength(50)
  })

  test('sessions are listed, newest first', async () => {
    const { userId, one, other } = await leave()
    const listed = await two.a.sessions.list(userId, NOW)
    expect(listed).toEqual([
      ...[2, 1].map(i => ({
        ...{ id: i === 1 ? one.id : other.id, sealed: `kid.sealed-${i}` },
        ...{ sessionKeyHash: `key-${i}`, createdAt: NOW + i, expiresAt: NOW + LIFE },
        lastUsedAt: NOW + i,
      })),
    ])
  })

  test('a session is ended, and the other one stays', async () => {
    const { one, other } = await leave()
    expect(await two.a.sessions.end(one)).toBe(true)
    expect(await two.b.sessions.find(one)).toBeUndefined()
    expect(await two.b.sessions.find(other)).toBeDefined()
  })

  test('all sessions are ended', async () => {
    const { userId, one, other } = await leave()
    expect(await two.a.sessions.endAll(userId)).toEqual([one.id, other.id])
    for (const each of [one, other]) expect(await two.b.sessions.find(each)).toBeUndefined()
  })

  test('a session is sealed anew', async () => {
    const { one } = await leave()
    const change = { sealed: 'kid2.sealed', from: 'key-1', sessionKeyHash: 'key-3' }
    await two.a.sessions.reseal(one, change)
    expect(await two.b.sessions.find(one)).toMatchObject({
      sealed: 'kid2.sealed',
      sessionKeyHash: 'key-3',
    })
  })

  test('sessions count towards the ten, and the oldest of them ends first', async () => {
    const { userId, openid, one, other } = await leave()
    const logins = Array.from({ length: 9 }, (_, i) => sampleLogin({ openid, now: NOW + 10 + i }))
    const evicted = []
    for (const login of logins) evicted.push(...(await two.a.sessions.begin(login)).evicted)
    expect(evicted).toEqual([one.id])
    expect(await two.b.sessions.find(other)).toBeDefined()
    expect(await two.a.sessions.list(userId, NOW)).toHaveLength(10)
  })

  test('a login that is first to meet them adds its session to theirs', async () => {
    const { openid, one, other } = await leave()
    const login = sampleLogin({ openid, sessionKeyHash: 'key-3', now: NOW + 9 })
    const { userId } = await two.a.sessions.begin(login)
    for (const each of [one, other, { id: login.sessionId, userId }]) {
      expect(await two.b.sessions.find(each)).toMatchObject({
        ...{ newestKeyHash: 'key-3', newestKeyAt: NOW + 9, unionid: 'union' },
      })
    }
  })

  test('what WeChat says of the session_key is noted, and another one takes its place', async () => {
    const { userId, one } = await leave()
    await two.a.users.noteKeyCheck(userId, 'key-2', { at: NOW + 7, valid: false })
    expect((await two.b.sessions.find(one))?.newestKeyCheck).toEqual({ at: NOW + 7, valid: false })
    const { userId: second, one: session } = await leave()
    await two.a.users.replaceNewestKey(second, { from: 'key-2', to: 'key-4', now: NOW + 8 })
    expect((await two.b.sessions.find(session))?.newestKeyHash).toBe('key-4')
  })

  test('a code that was exchanged just before the upgrade is known to be used', async () => {
    await two.admin.hSet('mpl:c:hash', {
      ...{ status: 'done', owner: 'owner', claimedAt: NOW, settledAt: NOW + 1 },
      ...{ sessionId: 'session', userId: 'user', isNewUser: 1 },
    })
    const claim = { codeHash: 'hash', owner: 'another', idempotencyHash: null }
    const life = { now: NOW + 60_000, expiresAt: NOW + 600_000 }
    expect(await two.a.codes.claim({ ...claim, ...life })).toMatchObject({
      ...{ status: 'done', settledAt: NOW + 1, isNewUser: true },
      ...{ sessionRef: null, userId: 'user' },
    })
  })

  test('a value that was shared is asked for anew, and its lease can be taken', async () => {
    await two.admin.set('mpl:v:token', `${NOW + 5000}|value`)
    const life = { now: NOW, expiresAt: NOW + 5000 }
    expect(await two.a.values.read('token', NOW)).toBeUndefined()
    expect(await two.a.values.claim('token', 'mine', life)).toBe(true)
  })
})
