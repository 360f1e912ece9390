import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@redis/client'
import { openStore } from '../../../src/store/open'
import { createTrackedCache } from '../../../src/store/redis/tracked-cache'
import type { CompletedLogin, Store } from '../../../src/store/store'
import { available, type DatabaseServer, startRedis } from '../../support/databases'
import { JWT_SECRET, startService } from '../../support/service'
import { temporaryDatabase } from '../../support/temporary'

describe('values that Redis tells us about when they change', () => {
  const value = { some: 'value' }

  test('what is read is kept until its key is forgotten', () => {
    const cache = createTrackedCache(10)
    cache.reading('key')(value)
    expect(cache.get('key')).toBe(value)
    cache.forget('key')
    expect(cache.get('key')).toBeUndefined()
  })

  test.each([
    ['the key changed', (cache: ReturnType<typeof createTrackedCache>) => cache.forget('key')],
    ['everything changed', (cache: ReturnType<typeof createTrackedCache>) => cache.clear()],
    [
      'a later read is under way',
      (cache: ReturnType<typeof createTrackedCache>) => void cache.reading('key'),
    ],
  ])('a reply that was on its way is not kept when %s meanwhile', (_what, change) => {
    const cache = createTrackedCache(10)
    const keep = cache.reading('key')
    change(cache)
    keep(value)
    expect(cache.get('key')).toBeUndefined()
  })

  test('it holds no more than it may', () => {
    const cache = createTrackedCache(10)
    for (let i = 0; i < 100; i++) cache.reading(`key-${i}`)(value)
    const kept = Array.from({ length: 100 }, (_, i) => cache.get(`key-${i}`)).filter(Boolean)
    expect(kept).toHaveLength(10)
  })
})

test('without the client’s package it is refused by what installs it', async () => {
  jest.doMock('@redis/client', () => {
    throw Object.assign(new Error('not found'), { code: 'MODULE_NOT_FOUND' })
  })
  const log = { info() {}, warn() {}, error() {} }
  const opened = openStore('memory:', { log, redisUrl: 'redis://:canary@127.0.0.1' })
  await expect(opened).rejects.toMatchObject({
    name: 'ConfigError',
    problems: [
      {
        name: 'REDIS_URL (redisUrl)',
        problem: 'needs the package @redis/client: npm install @redis/client',
      },
    ],
  })
  jest.dontMock('@redis/client')
})

const describeRedis = available('redis') ? describe : describe.skip

describeRedis('two instances on one Redis', () => {
  const NOW = Date.UTC(2026, 0, 2)
  let redis: DatabaseServer
  let admin: ReturnType<typeof createClient>
  let users: ReturnType<typeof temporaryDatabase>
  let a: Store
  let b: Store
  const lines: { event: string; fields: object }[] = []
  const record = (event: string, fields: object = {}) => void lines.push({ event, fields })
  const log = { info: record, warn: record, error: record }
  let serial = 0

  async function logIn(overrides: Partial<CompletedLogin> = {}) {
    const name = `name-${++serial}`
    const login = {
      codeHash: name,
      owner: name,
      sessionId: name,
      newUserId: name,
      appid: 'wx0000000000000000',
      openid: name,
      unionid: null,
      sealed: 'kid.sealed',
      keyHash: 'key',
      now: NOW,
      expiresAt: NOW + 3_600_000,
      ...overrides,
    }
    const { userId } = await a.completeLogin(login)
    return { id: login.sessionId, userId }
  }

  /** How many commands Redis has run, by name; our own question aside. */
  async function commands(): Promise<Record<string, number>> {
    const text = await admin.info('commandstats')
    const found = text.matchAll(/cmdstat_([\w|]+):calls=(\d+)/g)
    return Object.fromEntries([...found].map(([, name, calls]) => [name, Number(calls)]))
  }

  beforeAll(async () => {
    redis = await startRedis()
    users = temporaryDatabase()
    admin = createClient({ url: redis.url })
    admin.on('error', () => {})
    await admin.connect()
    a = await openStore(users.url, { log, redisUrl: redis.url })
    b = await openStore(users.url, { log, redisUrl: redis.url })
  })
  afterAll(async () => {
    admin.destroy()
    await Promise.all([a.close(), b.close()])
    await redis.remove()
    users.remove()
  })

  test('each says once in the log what a restart of this Redis would cost', async () => {
    const warnings = () => lines.filter(({ event }) => event === 'store_may_forget_sessions')
    while (warnings().length < 2) await sleep(5)
    const fields = { option: 'appendonly', is: 'no', wanted: 'yes' }
    for (const line of warnings()) expect(line.fields).toMatchObject(fields)
    expect(warnings()).toHaveLength(2)
  })

  test('writing to the disk only once a second is a cost, too, and what would be safe is silent', async () => {
    const optionsOf = async () => {
      const from = lines.length
      const { 'config|get': before = 0 } = await commands()
      const store = await openStore('memory:', { log, redisUrl: redis.url })
      while (((await commands())['config|get'] ?? 0) < before + 3) await sleep(5)
      await store.close()
      return lines.slice(from).map(({ fields }) => (fields as { option: string }).option)
    }
    await admin.configSet({ appendonly: 'yes', appendfsync: 'everysec' })
    expect(await optionsOf()).toEqual(['appendfsync'])
    await admin.configSet('appendfsync', 'always')
    expect(await optionsOf()).toEqual([])
    await admin.configSet('appendonly', 'no')
  })

  test('a renewal that has read its session before a log-out writes nothing back after it', async () => {
    // From now on Redis knows the script, and nobody has to send it a second time.
    await a.endSession(await logIn())
    const session = await logIn()
    // Whoever only reads goes on; what writes waits, in the order in which it came.
    await admin.sendCommand(['CLIENT', 'PAUSE', '700', 'WRITE'])
    const ended = a.endSession(session)
    await sleep(50)
    const { get: reads } = await commands()
    const resealed = b.resealSession(session, { sealed: 'kid2.sealed', from: 'key' })
    while ((await commands()).get === reads) await sleep(5)
    await admin.sendCommand(['CLIENT', 'UNPAUSE'])
    await Promise.all([ended, resealed])
    expect(await b.findSession(session)).toBeUndefined()
    expect(await a.findSession(session)).toBeUndefined()
  })

  test('a session that is ended on one is refused by the other right after the answer, 1000 times', async () => {
    let late = 0
    for (let i = 0; i < 1000; i++) {
      const session = await logIn({ openid: `loop-${i % 50}` })
      await b.findSession(session)
      if (!(await b.findSession(session))) throw new Error('it was never there')
      await a.endSession(session)
      if (await b.findSession(session)) late++
    }
    expect(late).toBe(0)
  })

  test('news that has arrived is read before a session is looked up, whichever socket is read first', async () => {
    const session = await logIn()
    await b.findSession(session)
    // From a timer, for sockets are read next; nothing here yields until Redis has told b.
    await new Promise(resolve => setTimeout(resolve, 1))
    deleteAtOnce(redis.url, `mpl:{${session.userId}}:s:${session.id}`)
    expect(await b.findSession(session)).toBeUndefined()
  })

  test('an instance sees what it ended itself at once, one session or all', async () => {
    const one = await logIn({ openid: 'same' })
    const two = await logIn({ openid: 'same' })
    const three = await logIn({ openid: 'same' })
    for (const each of [one, two, three]) expect(await a.findSession(each)).toBeDefined()
    await a.endSession(one)
    expect(await a.findSession(one)).toBeUndefined()
    await a.endSessionsOfUser(one.userId)
    expect(await a.findSession(two)).toBeUndefined()
    expect(await a.findSession(three)).toBeUndefined()
  })

  test('an eleventh login ends the first session on both at once', async () => {
    const first = await logIn({ openid: 'many' })
    expect(await a.findSession(first)).toBeDefined()
    expect(await b.findSession(first)).toBeDefined()
    for (let i = 0; i < 10; i++) await logIn({ openid: 'many', now: NOW + i + 1 })
    expect(await a.findSession(first)).toBeUndefined()
    await sleep(5)
    expect(await b.findSession(first)).toBeUndefined()
  })

  test('a session that is known costs Redis no command', async () => {
    const session = await logIn()
    await b.findSession(session)
    const before = await commands()
    for (let i = 0; i < 1000; i++) expect(await b.findSession(session)).toBeDefined()
    const after = await commands()
    expect(after.mget).toBe(before.mget)
    expect(after.get).toBe(before.get)
  })

  test('a newer session_key shows in a session that is known', async () => {
    const older = await logIn({ openid: 'keys' })
    expect(await b.findSession(older)).toMatchObject({ userKeyHash: 'key' })
    await logIn({ openid: 'keys', keyHash: 'newer', now: NOW + 1 })
    await sleep(5)
    expect(await b.findSession(older)).toMatchObject({ keyHash: 'key', userKeyHash: 'newer' })
  })

  test('a unionid that arrives late shows in a session that is known, which still costs no command', async () => {
    const older = await logIn({ openid: 'late' })
    expect(await b.findSession(older)).toMatchObject({ unionid: null })
    const newer = await logIn({ openid: 'late', unionid: 'union', now: NOW + 1 })
    await sleep(5)
    for (const each of [older, newer]) {
      expect(await b.findSession(each)).toMatchObject({ unionid: 'union' })
    }
    const before = await commands()
    for (let i = 0; i < 100; i++) {
      expect(await b.findSession(older)).toMatchObject({ unionid: 'union' })
    }
    expect((await commands()).mget).toBe(before.mget)
  })

  test('of two logins at one moment the unionid of either stays, whichever Redis hears last', async () => {
    const session = await logIn({ openid: 'crossed', unionid: 'union' })
    const key = `mpl:{${session.userId}}:k`
    const crossed = await logIn({ openid: 'other' })
    // As if this login had been saved before the one that brought the unionid, and told after it.
    await admin.set(`mpl:{${crossed.userId}}:k`, String(await admin.get(key)))
    await logIn({ openid: 'other' })
    expect(await b.findSession(crossed)).toMatchObject({ unionid: 'union' })
  })

  test('what an earlier version wrote of a user is read', async () => {
    const session = await logIn({ unionid: 'union' })
    await admin.set(`mpl:{${session.userId}}:k`, `${NOW}|key`)
    await sleep(5)
    const expected = { unionid: 'union', userKeyHash: 'key', userKeyAt: NOW }
    expect(await b.findSession(session)).toMatchObject(expected)
  })

  test('a login on one shows in the session_key of the other’s sessions right after the answer', async () => {
    const older = await logIn({ openid: 'keys at once' })
    let late = 0
    for (let i = 1; i <= 300; i++) {
      await b.findSession(older)
      await logIn({ openid: 'keys at once', keyHash: `key-${i >> 1}`, now: NOW + i })
      // Ten sessions more would end the one that is asked.
      const newest = await b.findSession(older)
      if (newest?.userKeyHash !== `key-${i >> 1}` || newest.userKeyAt !== NOW + i) late++
      await a.endSession({ id: `name-${serial}`, userId: older.userId })
    }
    expect(late).toBe(0)
  })

  test('what WeChat said of a session_key shows in a session that is known', async () => {
    const session = await logIn({ openid: 'checked' })
    expect(await b.findSession(session)).toMatchObject({ userKeyCheck: null })
    await a.noteKeyCheck(session.userId, 'key', { at: NOW + 1, valid: false })
    expect(await b.findSession(session)).toMatchObject({
      userKeyCheck: { at: NOW + 1, valid: false },
    })
  })

  test('secrets that are sealed anew show in a session that is known, and bring none back', async () => {
    const session = await logIn()
    await b.findSession(session)
    await a.resealSession(session, { sealed: 'kid2.sealed', from: 'key' })
    expect((await a.findSession(session))?.sealed).toBe('kid2.sealed')
    await sleep(5)
    expect((await b.findSession(session))?.sealed).toBe('kid2.sealed')
    await a.endSession(session)
    await b.resealSession(session, { sealed: 'kid3.sealed', from: 'key' })
    expect(await a.findSession(session)).toBeUndefined()
  })

  test('a session that was not there is found once it is', async () => {
    const ref = { id: 'later', userId: 'later' }
    expect(await b.findSession(ref)).toBeUndefined()
    await logIn({ sessionId: 'later', newUserId: 'later' })
    expect(await b.findSession(ref)).toBeDefined()
  })

  test('a cut connection takes all that was known with it', async () => {
    const session = await logIn()
    const revoked = await logIn()
    await b.findSession(session)
    await b.findSession(revoked)
    // In one go, so that nobody is left to tell.
    await admin
      .multi()
      .addCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
      .del(`mpl:{${revoked.userId}}:s:${revoked.id}`)
      .exec()
    const outcomes = new Set<string>()
    const begun = performance.now()
    while (performance.now() - begun < 500) {
      const found = b.findSession(revoked).then(
        result => (result ? 'stale' : 'ended'),
        error => error.code,
      )
      outcomes.add(await found)
      await sleep(5)
      if (performance.now() - begun < 20) outcomes.delete('stale')
    }
    expect([...outcomes].filter(outcome => outcome !== 'store_unavailable')).toEqual(['ended'])
    expect(await b.findSession(session)).toBeDefined()
  })

  test('a flushed Redis has logged everybody out, at once', async () => {
    const session = await logIn()
    expect(await b.findSession(session)).toBeDefined()
    await admin.flushAll()
    await sleep(5)
    expect(await b.findSession(session)).toBeUndefined()
    expect(await a.findSession(session)).toBeUndefined()
  })

  test('Redis may lose its scripts at any time', async () => {
    await admin.scriptFlush()
    const session = await logIn()
    expect(await a.findSession(session)).toBeDefined()
  })

  test('every key expires by itself: sessions, their ring, codes, counters', async () => {
    await admin.flushAll()
    const session = await logIn({ expiresAt: NOW + 60 })
    await a.claimCode({
      ...{ codeHash: 'hash', owner: 'me', idempotencyHash: null },
      ...{ now: NOW, expiresAt: NOW + 60 },
    })
    await a.countCall('address', 60, NOW)
    expect(await b.findSession(session)).toBeDefined()
    expect(await admin.dbSize()).toBe(5)
    await sleep(90)
    expect(await b.findCode('hash')).toBeUndefined()
    // Expired keys leave a moment later; those that are asked for, at once.
    expect(await admin.keys('*')).toEqual([])
  })

  test('a life that is over by the caller’s clock is refused by Redis nowhere', async () => {
    const session = await logIn({ expiresAt: NOW - 1000 })
    await sleep(5)
    expect(await b.findSession(session)).toBeUndefined()
  })

  test('a missing or half-lost session is ended, whichever part is lost', async () => {
    const session = await logIn()
    await admin.del(`mpl:{${session.userId}}:k`)
    expect(await b.findSession(session)).toBeUndefined()
  })
})

/** Deletes a key without giving this process's event loop a turn. */
function deleteAtOnce(url: string, key: string): void {
  const { hostname, port } = new URL(url)
  const script = `
    const socket = require('node:net').connect(${port}, '${hostname}')
    socket.write(process.argv[1])
    socket.on('data', answer => String(answer).includes('PONG') && socket.destroy())`
  const commands = `DEL ${key}\r\nPING\r\n`
  execFileSync(process.execPath, ['-e', script, commands], { timeout: 5000 })
}

describeRedis('at rest', () => {
  test('Redis holds no token, code, session_key or Idempotency-Key', async () => {
    const redis = await startRedis(['--appendonly', 'yes', '--requirepass', 'pass-canary'])
    const users = temporaryDatabase()
    const redisUrl = redis.url.replace('redis://', 'redis://:pass-canary@')
    const service = await startService({ database: users.url, redisUrl })
    const code = service.simulator.mintCode()
    const answer = await service.http
      .post('/login')
      .set('Idempotency-Key', 'canary-idempotency-key')
      .send({ code })
    expect(answer.status).toBe(200)
    const { sessionKey } = service.simulator.user('alice')
    const admin = createClient({ url: redisUrl })
    await admin.connect()
    const { dir } = await admin.configGet('dir')
    const everything = filesIn(String(dir)).join('')
    admin.destroy()
    await service.close()
    await redis.remove()
    users.remove()
    expect(everything).toContain('mpl:')
    for (const secret of [answer.body.token, code, sessionKey, JWT_SECRET, 'canary-idempotency']) {
      expect(everything).not.toContain(String(secret))
    }
    expect(JSON.stringify(service.logLines)).not.toContain('pass-canary')
  })
})

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesIn(path) : [readFileSync(path).toString('latin1')]
  })
}
