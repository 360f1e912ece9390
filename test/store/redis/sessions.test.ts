import { createFirstLayout } from '../../../src/store/redis/first-layout'
import { createRedisCommands, type RedisCommands } from '../../../src/store/redis/redis-commands'
import { createRedisKeys } from '../../../src/store/redis/redis-keys'
import { createSessionCache } from '../../../src/store/redis/session-cache'
import { createRedisSessions } from '../../../src/store/redis/sessions'
import { available } from '../../support/databases'
import {
  HOUR,
  NOW,
  openTwoStores,
  sampleLogin,
  type TwoStores,
  UNHURRIED,
  unique,
  until,
} from './two-stores'

const describeRedis = available('redis') ? describe : describe.skip

describeRedis('sessions in Redis', () => {
  let two: TwoStores
  beforeAll(async () => {
    two = await openTwoStores()
  })
  afterAll(() => two.close())

  const redisKeys = createRedisKeys('mpl:')

  /** Sessions whose commands pass through `between` on their way to Redis. */
  function sessionsWith(between: (args: readonly string[]) => Promise<unknown> | undefined) {
    const send: RedisCommands['send'] = async (_redisKey, args) => {
      const reply = await two.admin.sendCommand(args)
      await between(args)
      return reply
    }
    const redis = createRedisCommands({ send, isFresh: () => false }, UNHURRIED)
    return createRedisSessions({
      redis,
      redisKeys,
      cache: createSessionCache(),
      firstLayout: createFirstLayout(redis, redisKeys),
      users: {
        saveUser: () => Promise.reject(new Error('nobody logs in here')),
        users: { find: async () => undefined },
      },
      settleCode: async () => {},
    })
  }

  test('a session is a hash of named fields, and what is null is absent', async () => {
    const ref = await two.logIn({ sessionKeyHash: null, sealed: 'kid.no key' })
    const hash = await two.admin.hGetAll(redisKeys.ofSession(ref))
    expect(Object.keys(hash).sort()).toEqual([
      'appid',
      'createdAt',
      'expiresAt',
      'openid',
      'sealed',
    ])
    expect(await two.admin.hGetAll(redisKeys.ofNewestKey(ref.userId))).toEqual({ broughtAt: '0' })
    expect(await two.b.sessions.find(ref)).toMatchObject({
      sessionKeyHash: null,
      newestKeyHash: null,
      newestKeyCheck: null,
    })
  })

  test('a session that is ended on one instance is refused by the other right after the answer, 1000 times', async () => {
    let late = 0
    for (let i = 0; i < 1000; i++) {
      const session = await two.logIn({ openid: `loop-${i % 50}` })
      await two.b.sessions.find(session)
      if (!(await two.b.sessions.find(session))) throw new Error('it was never there')
      await two.a.sessions.end(session)
      if (await two.b.sessions.find(session)) late++
    }
    expect(late).toBe(0)
  })

  test('an instance sees what it ended itself at once, one session or all', async () => {
    const openid = unique('openid')
    const one = await two.logIn({ openid })
    const two_ = await two.logIn({ openid })
    const three = await two.logIn({ openid })
    const { sessions } = two.a
    for (const each of [one, two_, three]) expect(await sessions.find(each)).toBeDefined()
    expect(await sessions.end(one)).toBe(true)
    expect(await sessions.end(one)).toBe(false)
    expect(await sessions.find(one)).toBeUndefined()
    expect([...(await sessions.endAll(one.userId))].sort()).toEqual([two_.id, three.id].sort())
    expect(await sessions.find(two_)).toBeUndefined()
    expect(await sessions.find(three)).toBeUndefined()
    expect(await sessions.endAll(one.userId)).toEqual([])
  })

  test('an eleventh login ends the first session, on both instances, and names it', async () => {
    const openid = unique('openid')
    const first = await two.logIn({ openid })
    for (let i = 1; i < 10; i++) await two.logIn({ openid, now: NOW + i })
    for (const each of [two.a, two.b]) expect(await each.sessions.find(first)).toBeDefined()
    const eleventh = sampleLogin({ openid, now: NOW + 10 })
    expect((await two.a.sessions.begin(eleventh)).evicted).toEqual([first.id])
    for (const each of [two.a, two.b]) expect(await each.sessions.find(first)).toBeUndefined()
  })

  test('of 40 logins at once beside ten sessions each ends another session than the others', async () => {
    const openid = unique('openid')
    const first = await two.logIn({ openid })
    for (let i = 1; i < 10; i++) await two.logIn({ openid })
    const logins = Array.from({ length: 40 }, (_, i) => sampleLogin({ openid, now: NOW + 1 + i }))
    const begun = await Promise.all(
      logins.map((login, i) => (i % 2 ? two.a : two.b).sessions.begin(login)),
    )
    const evicted = begun.flatMap(each => each.evicted)
    expect(evicted).toHaveLength(40)
    expect(new Set(evicted).size).toBe(40)
    const listed = await two.a.sessions.list(first.userId, NOW)
    expect(listed).toHaveLength(10)
    for (const { id } of listed) expect(evicted).not.toContain(id)
  })

  test('sessions that have expired count no more, and no login claims to have ended them', async () => {
    const openid = unique('openid')
    const short = await two.logIn({ openid, now: NOW - 2, expiresAt: NOW - 1 })
    const lasting = await two.logIn({ openid, now: NOW - 1 })
    for (let i = 1; i < 9; i++) await two.logIn({ openid, now: NOW + i })
    await until(async () => (await two.admin.exists(redisKeys.ofSession(short))) === 0)
    const next = sampleLogin({ openid, now: NOW + 10 })
    expect((await two.a.sessions.begin(next)).evicted).toEqual([])
    expect(await two.a.sessions.find(lasting)).toBeDefined()
    expect(await two.admin.zScore(redisKeys.ofSessionIds(short.userId), short.id)).toBeNull()
  })

  test('a login that comes in while all sessions are ended is ended with them', async () => {
    const openid = unique('openid')
    const first = await two.logIn({ openid })
    let late: { id: string; userId: string } | undefined
    const sessions = sessionsWith(async ([command]) => {
      if (command === 'ZRANGE') late ??= await two.logIn({ openid })
    })
    const ended = await sessions.endAll(first.userId)
    expect([...ended].sort()).toEqual([first.id, late?.id].sort())
    expect(await two.admin.exists(redisKeys.ofSessionIds(first.userId))).toBe(0)
  })

  test('a session that ends while all are listed is left out', async () => {
    const openid = unique('openid')
    const [first, second] = [await two.logIn({ openid }), await two.logIn({ openid, now: NOW + 1 })]
    const sessions = sessionsWith(async ([command]) => {
      if (command === 'ZRANGE') await two.a.sessions.end(first)
    })
    const listed = await sessions.list(first.userId, NOW)
    expect(listed.map(({ id }) => id)).toEqual([second.id])
  })

  test('a session without a session_key is sealed anew by that, and one with a session_key is not', async () => {
    const bare = await two.logIn({ sessionKeyHash: null })
    const full = await two.logIn()
    const change = { sealed: 'kid2.sealed', from: null, sessionKeyHash: 'first key' }
    for (const each of [bare, full]) await two.a.sessions.reseal(each, change)
    expect(await two.a.sessions.find(bare)).toMatchObject({
      sealed: 'kid2.sealed',
      sessionKeyHash: 'first key',
    })
    expect(await two.a.sessions.find(full)).toMatchObject({
      sealed: 'kid.sealed',
      sessionKeyHash: 'key',
    })
    await two.a.sessions.reseal(bare, { sealed: 'kid3', from: 'first key', sessionKeyHash: null })
    expect(await two.a.sessions.find(bare)).toMatchObject({ sealed: 'kid3', sessionKeyHash: null })
  })

  test('a session that has ended is not sealed anew, also where it held no session_key', async () => {
    const bare = await two.logIn({ sessionKeyHash: null })
    await two.a.sessions.end(bare)
    await two.b.sessions.reseal(bare, { sealed: 'kid2.sealed', from: null })
    expect(await two.admin.exists(redisKeys.ofSession(bare))).toBe(0)
  })

  test('a session that was not there is found once it is', async () => {
    const ref = { id: unique('later'), userId: unique('later') }
    expect(await two.b.sessions.find(ref)).toBeUndefined()
    await two.logIn({ sessionId: ref.id, newUserId: ref.userId })
    expect(await two.b.sessions.find(ref)).toBeDefined()
  })

  test('a session is ended when either of its two hashes is lost', async () => {
    const [one, other] = [await two.logIn(), await two.logIn()]
    await two.admin.del(redisKeys.ofNewestKey(one.userId))
    await two.admin.del(redisKeys.ofSession(other))
    expect(await two.b.sessions.find(one)).toBeUndefined()
    expect(await two.b.sessions.find(other)).toBeUndefined()
  })

  test('a life that is over by the caller’s clock is no error', async () => {
    const session = await two.logIn({ expiresAt: NOW - HOUR })
    await until(async () => (await two.b.sessions.find(session)) === undefined)
  })
})
