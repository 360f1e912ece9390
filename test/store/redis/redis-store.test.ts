import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createEvents } from '../../../src/events'
import { openStore } from '../../../src/store/open'
import { available, startRedis } from '../../support/databases'
import { JWT_SECRET, startService } from '../../support/service'
import { temporaryDatabase } from '../../support/temporary'
import { connectAdmin, NOW, openTwoStores, sampleLogin, type TwoStores, until } from './two-stores'

test('without the client’s package it is refused by what installs it', async () => {
  jest.doMock('@redis/client', () => {
    throw Object.assign(new Error('not found'), { code: 'MODULE_NOT_FOUND' })
  })
  const log = { info() {}, warn() {}, error() {} }
  const options = { log, events: createEvents(), redisUrl: 'redis://:canary@127.0.0.1' }
  await expect(openStore('memory:', options)).rejects.toMatchObject({
    name: 'ConfigError',
    problems: [
      {
        name: 'REDIS_URL (redisUrl)',
        problem:
          'needs the package @redis/client: npm install @redis/client (in a clone: npm install --no-save --save-prod --omit=dev @redis/client)',
      },
    ],
  })
  jest.dontMock('@redis/client')
})

const describeRedis = available('redis') ? describe : describe.skip

describeRedis('a store in Redis', () => {
  let two: TwoStores
  beforeAll(async () => {
    two = await openTwoStores()
  })
  afterAll(() => two.close())

  test('two prefixes in one Redis are two services', async () => {
    const shop = await two.open('shop:')
    const login = sampleLogin()
    const { userId } = await shop.sessions.begin(login)
    const ref = { id: login.sessionId, userId }
    await shop.values.write('name', 'value', { now: NOW, expiresAt: NOW + 60_000 })
    await shop.counters.count('name', 60_000, NOW)
    expect(await shop.sessions.find(ref)).toBeDefined()
    expect(await two.a.sessions.find(ref)).toBeUndefined()
    expect(await two.a.sessions.endAll(userId)).toEqual([])
    expect(await two.a.values.read('name', NOW)).toBeUndefined()
    expect(await two.a.counters.count('name', 60_000, NOW)).toMatchObject({ count: 1 })
    expect(await shop.sessions.find(ref)).toBeDefined()
    await two.admin.flushAll()
  })

  test('every Redis key expires by itself', async () => {
    const life = { now: NOW, expiresAt: NOW + 60 }
    const login = sampleLogin({ expiresAt: life.expiresAt })
    const { codeHash, owner } = login
    await two.a.codes.claim({ codeHash, owner, idempotencyHash: null, ...life })
    await two.a.sessions.begin(login)
    await two.a.counters.count('address', 60, NOW)
    await two.a.values.write('name', 'value', life)
    const text = await two.admin.info('commandstats')
    expect(text).toMatch(/cmdstat_pexpire/)
    // The list of a user's codes lives as long as a code can, whatever the life of the session.
    const ofCodeHashes = 'mpl:*:c'
    const [list] = await two.admin.keys(ofCodeHashes)
    expect(await two.admin.pTTL(String(list))).toBeGreaterThan(0)
    await two.admin.del(String(list))
    await until(async () => (await two.admin.keys('*')).length === 0)
  })

  test('each instance told nothing of an outage, for there was none', () => {
    expect(two.told).toEqual([])
  })

  test('what is at rest holds no token, code, session_key or Idempotency-Key', async () => {
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
    const admin = await connectAdmin(redisUrl)
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
