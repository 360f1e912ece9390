import { execFileSync } from 'node:child_process'
import type { Session } from '../../../src/store/contract/sessions'
import { createRedisKeys } from '../../../src/store/redis/redis-keys'
import { createSessionCache, type SessionCache } from '../../../src/store/redis/session-cache'
import { available } from '../../support/databases'
import { NOW, openTwoStores, type TwoStores, unique, until } from './two-stores'

const redisKeys = createRedisKeys('mpl:')

describe('what one process remembers of sessions', () => {
  const ref = { id: 'session', userId: 'user' }
  const session: Session = {
    ...ref,
    ...{ appid: 'appid', openid: 'openid', unionid: null, unionidProof: null },
    ...{ sealed: 'sealed', sessionKeyHash: 'key', createdAt: NOW, expiresAt: NOW + 1 },
    ...{ lastUsedAt: NOW, newestKeyHash: 'key', newestKeyAt: NOW, newestKeyCheck: null },
  }
  const read = async () => session

  test('a session that was read is remembered until something of its user changes', async () => {
    const cache = createSessionCache()
    expect(await cache.reading(ref, read)).toBe(session)
    cache.forget('another user')
    expect(cache.get(ref)).toBe(session)
    cache.forget('user')
    expect(cache.get(ref)).toBeUndefined()
  })

  test('nobody is remembered once Redis can no longer tell what changes', async () => {
    const cache = createSessionCache()
    await cache.reading(ref, read)
    cache.clear()
    expect(cache.get(ref)).toBeUndefined()
  })

  test('what was remembered is not found from the moment a change of the user is sent', async () => {
    const cache = createSessionCache()
    await cache.reading(ref, read)
    await cache.changing('user', async () => expect(cache.get(ref)).toBeUndefined())
  })

  test('what is not there is not remembered', async () => {
    const cache = createSessionCache()
    expect(await cache.reading(ref, async () => undefined)).toBeUndefined()
    expect(cache.get(ref)).toBeUndefined()
  })

  test.each<[string, (cache: SessionCache) => unknown]>([
    ['something of the user changed', cache => cache.forget('user')],
    ['everything changed', cache => cache.clear()],
    ['this process changed it', cache => cache.changing('user', async () => {})],
    ['a later read is under way', cache => void cache.reading(ref, () => new Promise(() => {}))],
  ])('a reply that was on its way is not kept when %s meanwhile', async (_what, change) => {
    const cache = createSessionCache()
    await cache.reading(ref, async () => {
      await change(cache)
      return session
    })
    expect(cache.get(ref)).toBeUndefined()
  })

  test('of two reads at once the later one is kept, though the earlier one arrives before it', async () => {
    const cache = createSessionCache()
    const replies: ((session: Session) => void)[] = []
    const reply = () => new Promise<Session>(resolve => replies.push(resolve))
    const reads = [cache.reading(ref, reply), cache.reading(ref, reply)]
    const later = { ...session, sealed: 'sealed anew' }
    replies[0]?.(session)
    await reads[0]
    expect(cache.get(ref)).toBeUndefined()
    replies[1]?.(later)
    await reads[1]
    expect(cache.get(ref)).toBe(later)
  })

  test('of two sessions of a user that are read at once the later one is kept, and then both', async () => {
    const cache = createSessionCache()
    const other = { ...session, id: 'other' }
    const sessions = [session, other]
    const readAll = () => Promise.all(sessions.map(each => cache.reading(each, async () => each)))
    expect(await readAll()).toEqual(sessions)
    expect(sessions.map(cache.get)).toEqual([undefined, other])
    await cache.reading(session, read)
    expect(sessions.map(cache.get)).toEqual(sessions)
  })

  test('a read that arrives while the user is being changed is not remembered', async () => {
    const cache = createSessionCache()
    await cache.changing('user', () => cache.reading(ref, read))
    expect(cache.get(ref)).toBeUndefined()
  })

  test('a change that fails has been made all the same, as far as anybody knows', async () => {
    const cache = createSessionCache()
    await cache.reading(ref, read)
    const failing = cache.changing('user', async () => {
      await cache.reading(ref, read)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(cache.get(ref)).toBeUndefined()
  })

  test('a read that fails is not kept, and the next one is', async () => {
    const cache = createSessionCache()
    const failing = cache.reading(ref, () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    expect(cache.get(ref)).toBeUndefined()
    await cache.reading(ref, read)
    expect(cache.get(ref)).toBe(session)
  })
})

const describeRedis = available('redis') ? describe : describe.skip

describeRedis('sessions that two instances remember', () => {
  let two: TwoStores
  beforeAll(async () => {
    two = await openTwoStores()
  })
  afterAll(() => two.close())

  test('a session that is known costs Redis no command', async () => {
    const session = await two.logIn()
    await two.b.sessions.find(session)
    const before = await two.commands()
    for (let i = 0; i < 1000; i++) expect(await two.b.sessions.find(session)).toBeDefined()
    expect((await two.commands()).hgetall).toBe(before.hgetall)
  })

  test('a login on one shows in the session_key of the other’s sessions right after the answer', async () => {
    const openid = unique('openid')
    const older = await two.logIn({ openid })
    let late = 0
    for (let i = 1; i <= 300; i++) {
      await two.b.sessions.find(older)
      const key = `key-${i >> 1}`
      const login = await two.logIn({ openid, sessionKeyHash: key, now: NOW + i })
      const found = await two.b.sessions.find(older)
      if (found?.newestKeyHash !== key || found.newestKeyAt !== NOW + i) late++
      // Ten sessions more would end the one that is asked.
      await two.a.sessions.end(login)
    }
    expect(late).toBe(0)
  })

  test('a unionid that arrives late shows in a session that is known, which still costs no command', async () => {
    const openid = unique('openid')
    const older = await two.logIn({ openid })
    expect(await two.b.sessions.find(older)).toMatchObject({ unionid: null })
    const newer = await two.logIn({ openid, unionid: 'union', now: NOW + 1 })
    for (const each of [older, newer]) {
      expect(await two.b.sessions.find(each)).toMatchObject({ unionid: 'union' })
    }
    const before = await two.commands()
    for (let i = 0; i < 100; i++) {
      expect(await two.b.sessions.find(older)).toMatchObject({ unionid: 'union' })
    }
    expect((await two.commands()).hgetall).toBe(before.hgetall)
  })

  test('secrets that are sealed anew show in a session that is known', async () => {
    const session = await two.logIn()
    await two.b.sessions.find(session)
    await two.a.sessions.reseal(session, { sealed: 'kid2.sealed', from: 'key' })
    expect((await two.a.sessions.find(session))?.sealed).toBe('kid2.sealed')
    await until(async () => (await two.b.sessions.find(session))?.sealed === 'kid2.sealed')
  })

  test('news that has arrived is read before a session is looked up, whichever socket is read first', async () => {
    const session = await two.logIn()
    await two.b.sessions.find(session)
    // A timer runs before sockets are read, and nothing here yields until Redis has told b.
    await new Promise(resolve => setTimeout(resolve, 1))
    deleteAtOnce(two.redis.url, redisKeys.ofSession(session))
    expect(await two.b.sessions.find(session)).toBeUndefined()
  })

  test('a cut connection takes all that was known with it', async () => {
    const [session, ended] = [await two.logIn(), await two.logIn()]
    for (const each of [session, ended]) expect(await two.b.sessions.find(each)).toBeDefined()
    // In one transaction, so that nobody is left to be told of the deletion.
    await two.admin
      .multi()
      .addCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
      .del(redisKeys.ofSession(ended))
      .exec()
    for (const each of [two.a, two.b]) await until(() => each.ping().then(() => true))
    expect(await two.b.sessions.find(ended)).toBeUndefined()
    expect(await two.b.sessions.find(session)).toBeDefined()
  })

  test('a flushed Redis has logged everybody out', async () => {
    const session = await two.logIn()
    expect(await two.b.sessions.find(session)).toBeDefined()
    await two.admin.flushAll()
    await until(async () => (await two.b.sessions.find(session)) === undefined)
    await until(async () => (await two.a.sessions.find(session)) === undefined)
  })
})

/** Deletes a Redis key without giving this process's event loop a turn. */
function deleteAtOnce(url: string, redisKey: string): void {
  const { hostname, port } = new URL(url)
  const script = `
    const socket = require('node:net').connect(${port}, '${hostname}')
    socket.write(process.argv[1])
    socket.on('data', answer => String(answer).includes('PONG') && socket.destroy())`
  const commands = `DEL ${redisKey}\r\nPING\r\n`
  execFileSync(process.execPath, ['-e', script, commands], { timeout: 60_000 })
}
