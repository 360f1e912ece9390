import { execFileSync } from 'node:child_process'
import { createRedisKeys } from '../../../src/store/redis/redis-keys'
import { createSessionCache, type SessionParts } from '../../../src/store/redis/session-cache'
import { available } from '../../support/databases'
import { NOW, openTwoStores, type TwoStores, unique, until } from './two-stores'

const redisKeys = createRedisKeys('mpl:')

describe('what one process remembers of sessions', () => {
  const ref = { id: 'session', userId: 'user' }
  const parts: SessionParts = {
    session: {
      ...ref,
      ...{ appid: 'appid', openid: 'openid', unionid: 'of the login', unionidProof: 'its proof' },
      ...{ sealed: 'sealed', sessionKeyHash: 'key', createdAt: NOW, expiresAt: NOW + 1 },
      lastUsedAt: NOW,
    },
    newest: {
      ...{ newestKeyHash: 'newer', newestKeyAt: NOW, newestKeyCheck: null },
      ...{ unionid: null, unionidProof: null },
    },
  }

  test('a session that was read is remembered with the newest session_key', async () => {
    const cache = createSessionCache(redisKeys)
    const read = await cache.reading(ref, async () => parts)
    expect(cache.get(ref)).toEqual(read)
    expect(read).toMatchObject({
      ...{ newestKeyHash: 'newer', unionid: 'of the login', unionidProof: 'its proof' },
    })
  })

  test.each(['session', 'newest'] as const)('without its %s hash it is none', async missing => {
    const cache = createSessionCache(redisKeys)
    const found = await cache.reading(ref, async () => ({ ...parts, [missing]: undefined }))
    expect(found).toBeUndefined()
    expect(cache.get(ref)).toBeUndefined()
  })

  test.each([
    ['the session', redisKeys.ofSession(ref)],
    ['the newest session_key', redisKeys.ofNewestKey(ref.userId)],
  ])('a read that arrives while %s is being changed is not remembered', async (_what, redisKey) => {
    const cache = createSessionCache(redisKeys)
    await cache.changing([redisKey], async () => {
      await cache.reading(ref, async () => parts)
    })
    expect(cache.get(ref)).toBeUndefined()
  })

  test('a read that fails leaves nothing behind', async () => {
    const cache = createSessionCache(redisKeys)
    const failing = cache.reading(ref, () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    expect(cache.get(ref)).toBeUndefined()
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
