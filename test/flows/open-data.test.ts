import crypto from 'node:crypto'
import type { Login } from '../../src/index'
import { available } from '../support/databases'
import { encrypt, flipBit, sign } from '../support/open-data'
import { HOSTS, OTHER_APP, OTHER_JWT_SECRET, type Service, startService } from '../support/service'
import { sharedDatabase } from '../support/shared-servers/database'
import { temporaryDatabase } from '../support/temporary'

const appid = 'wx0000000000000000'
const keyOf = (service: Service, user: string) => String(service.simulator.user(user).sessionKey)
const watermark = ({ clock }: Service) => ({ timestamp: Math.floor(clock.ms / 1000), appid })
const phoneOf = (service: Service) => ({
  ...{ phoneNumber: '13800000000', purePhoneNumber: '13800000000', countryCode: '86' },
  watermark: watermark(service),
})
const decrypt = ({ http, prefix }: Service, token: string, body: object) =>
  http.post(`${prefix}/decrypt`).set('Authorization', `Bearer ${token}`).send(body)

interface Held {
  readonly token: string
  readonly key: string
}

/** A login, and the session_key that WeChat gave with it. */
async function logIn(service: Service, user: string): Promise<Held> {
  const { token } = await service.logIn(user)
  return { token, key: keyOf(service, user) }
}

describe.each(HOSTS)('open data on a service that runs as: %s', host => {
  let service: Service
  beforeAll(async () => {
    service = await startService({ host })
  })
  afterAll(() => service.close())

  test('comes back decrypted, watermark and all', async () => {
    const { token } = await service.logIn('alice')
    const detail = service.simulator.encryptPhoneNumber({ phoneNumber: '13800000000' })
    const { body, headers } = await decrypt(service, token, detail).expect(200)
    expect(body).toEqual(phoneOf(service))
    expect(headers['cache-control']).toBe('no-store')
  })

  test('of a user comes back without openId and unionId, from the whole event as WeChat gives it', async () => {
    const { simulator } = service
    simulator.setUnionidBound(appid, true)
    const { token } = await service.logIn('alice')
    const { openid, unionid } = simulator.user('alice')
    const data = simulator.encryptUserInfo({ fields: { nickName: '小明' } })
    const event = { ...data, userInfo: JSON.parse(data.rawData), errMsg: 'getUserInfo:ok' }
    const { body, text } = await decrypt(service, token, event).expect(200)
    expect(body).toEqual({ ...JSON.parse(data.rawData), watermark: watermark(service) })
    expect(body.nickName).toBe('小明')
    for (const secret of [openid, unionid]) expect(text).not.toContain(secret)
    const { rawData, signature } = data
    const signed = await decrypt(service, token, { rawData, signature }).expect(200)
    expect(signed.body).toEqual(JSON.parse(rawData))
  })

  test('opens when it was made just before a new login, and just after one', async () => {
    const older = await service.logIn('bob')
    const newer = await service.logIn('bob')
    for (const { token } of [older, newer]) {
      for (const keysAgo of [0, 1]) {
        const { rawData, signature, ...encrypted } = service.simulator.encryptUserInfo({
          ...{ user: 'bob', keysAgo },
        })
        await decrypt(service, token, encrypted).expect(200)
        await decrypt(service, token, { rawData, signature }).expect(200)
        await decrypt(service, token, { rawData, signature, ...encrypted }).expect(200)
      }
    }
  })

  test('made with a key that no login brought asks for a login, after which it can be had anew', async () => {
    const { simulator } = service
    const before = await service.logIn('erin')
    simulator.rotateSessionKey('erin')
    const data = simulator.encryptPhoneNumber({ user: 'erin' })
    const { body } = await decrypt(service, before.token, data).expect(409)
    expect(body).toMatchObject({ error: 'session_key_stale', action: 'login' })
    const after = await service.logIn('erin')
    await decrypt(service, after.token, data).expect(409)
    const anew = simulator.encryptPhoneNumber({ user: 'erin' })
    await decrypt(service, after.token, anew).expect(200)
  })

  test('is only opened behind a login', async () => {
    const { http, prefix } = service
    const { key } = await logIn(service, 'alice')
    const fields = encrypt(key, phoneOf(service))
    const { body } = await http.post(`${prefix}/decrypt`).send(fields).expect(401)
    expect(body.error).toBe('token_missing')
    await http
      .post(`${prefix}/decrypt?token=x`)
      .send({ ...fields, token: 'x' })
      .expect(401)
  })
})

describe('open data', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService()
  })
  afterAll(() => service.close())

  const stale = {
    error: 'session_key_stale',
    action: 'login',
    message: expect.any(String),
    message_en: expect.any(String),
    retry_after: null,
    request_id: expect.any(String),
  }

  test('that is wrong in any way has one answer, but for the request’s id', async () => {
    const { token, key } = await logIn(service, 'alice')
    const other = await logIn(service, 'mallory')
    const phone = phoneOf(service)
    const good = encrypt(key, phone)
    const bits = Buffer.from(good.encryptedData, 'base64').length * 8
    const wrong = [
      encrypt(other.key, phone),
      encrypt(key, JSON.stringify(phone).slice(1)),
      encrypt(key, { ...phone, watermark: undefined }),
      encrypt(key, { openId: service.simulator.user('mallory').openid, ...phone }),
      sign(other.key, '{"nickName":"x"}'),
      { ...sign(key, '{"nickName":"x"}'), rawData: '{"nickName":"y"}' },
      ...Array.from({ length: 40 }, (_, i) => ({
        ...good,
        encryptedData: flipBit(good.encryptedData, Math.floor((i * bits) / 40)),
      })),
    ]
    const answers = new Set<string>()
    for (const fields of wrong) {
      const { body, headers } = await decrypt(service, token, fields).expect(409)
      expect(body).toEqual(stale)
      expect(headers).not.toHaveProperty('www-authenticate')
      answers.add(JSON.stringify({ ...body, request_id: '' }))
    }
    expect(answers.size).toBe(1)
  })

  test('of another user is not opened, whoever brings it', async () => {
    const alice = await logIn(service, 'alice')
    const mallory = await logIn(service, 'mallory')
    const fields = encrypt(alice.key, phoneOf(service))
    await decrypt(service, mallory.token, fields).expect(409)
    await decrypt(service, alice.token, fields).expect(200)
  })

  test('of the same person in another app is not opened', async () => {
    const here = await logIn(service, 'alice')
    const code = service.simulator.mintCode({ user: 'alice', appid: OTHER_APP.appid })
    const login = await service.http.post('/login').send({ code, appid: OTHER_APP.appid })
    const there = String(service.simulator.user('alice', OTHER_APP.appid).sessionKey)
    const phone = {
      ...phoneOf(service),
      watermark: { ...watermark(service), appid: OTHER_APP.appid },
    }
    await decrypt(service, here.token, encrypt(there, phone)).expect(409)
    await decrypt(service, login.body.token, encrypt(there, phone)).expect(200)
    const { body } = await decrypt(service, here.token, encrypt(here.key, phone)).expect(400)
    expect(body).toMatchObject({ error: 'data_undecryptable', action: 'fix_request' })
  })

  test('that no key could open is the caller’s mistake', async () => {
    const { token, key } = await logIn(service, 'alice')
    const good = encrypt(key, phoneOf(service))
    for (const [field, fields] of [
      ['encryptedData', { ...good, encryptedData: good.encryptedData.slice(0, -1) }],
      ['iv', { ...good, iv: 'AAAA' }],
      ['signature', { rawData: '{}', signature: 'no' }],
    ] as const) {
      const { body } = await decrypt(service, token, fields).expect(400)
      expect(body).toMatchObject({ error: 'data_undecryptable', action: 'fix_request', field })
    }
    const { body } = await decrypt(service, token, {}).expect(400)
    expect(body).toMatchObject({ error: 'invalid_request', field: 'encryptedData' })
  })

  test('made 10 minutes ago is too old, though its key is known', async () => {
    const { token, key } = await logIn(service, 'alice')
    const fields = encrypt(key, phoneOf(service))
    service.clock.advance(600)
    await decrypt(service, token, fields).expect(200)
    service.clock.advance(1)
    const { body } = await decrypt(service, token, fields).expect(400)
    expect(body.error).toBe('data_undecryptable')
  })

  test('is opened with the keys of running sessions: one that was logged out takes its key along', async () => {
    const older = await logIn(service, 'carol')
    const newer = await logIn(service, 'carol')
    const fields = encrypt(older.key, phoneOf(service))
    await decrypt(service, newer.token, fields).expect(200)
    await service.http.post('/logout').set('token', older.token).expect(200)
    await decrypt(service, newer.token, fields).expect(409)
    await decrypt(service, older.token, fields).expect(401)
  })

  test('opens with the ten newest keys, and no older one', async () => {
    const logins = []
    for (let i = 0; i < 11; i++) {
      logins.push(await logIn(service, 'dave'))
      service.clock.advance(1)
    }
    const { token } = logins[10] as { token: string }
    const statuses = []
    for (const { key } of logins) {
      statuses.push((await decrypt(service, token, encrypt(key, phoneOf(service)))).status)
    }
    expect(statuses).toEqual([409, ...Array(10).fill(200)])
  })

  test('is tried with this session’s own key first, then from the newest to the oldest', async () => {
    const logins = []
    for (let i = 0; i < 4; i++) {
      logins.push(await logIn(service, 'frank'))
      service.clock.advance(1)
    }
    const [oldest, own, third, newest] = logins as [Held, Held, Held, Held]
    const decipher = jest.spyOn(crypto, 'createDecipheriv')
    await decrypt(service, own.token, encrypt(newest.key, phoneOf(service))).expect(200)
    const tried = decipher.mock.calls.flatMap(([cipher, key]) =>
      cipher === 'aes-128-cbc' ? [(key as Buffer).toString('base64')] : [],
    )
    decipher.mockRestore()
    expect(tried).toEqual([own.key, newest.key, third.key, oldest.key])
  })

  test('leaves one line in the log, with who asked and how it ended and nothing of the data', async () => {
    const { token, key } = await logIn(service, 'alice')
    const good = encrypt(key, phoneOf(service))
    const foreign = encrypt(key, {
      ...phoneOf(service),
      watermark: { appid: 'wxother', timestamp: 1 },
    })
    service.requestLines.length = 0
    await decrypt(service, token, good).expect(200)
    await decrypt(service, token, { ...good, iv: flipBit(good.iv, 7) }).expect(409)
    await decrypt(service, token, foreign).expect(400)
    expect(service.requestLines.map(line => JSON.parse(line))).toMatchObject([
      { path: '/decrypt', outcome: 'success', user: expect.any(String), appid },
      { path: '/decrypt', outcome: 'failure', error: 'session_key_stale' },
      { error: 'data_undecryptable', reason: 'watermark_appid' },
    ])
    const logged = service.requestLines.join() + JSON.stringify(service.logLines)
    for (const secret of [key, '13800000000', good.iv, good.encryptedData, 'wxother']) {
      expect(logged).not.toContain(secret)
    }
  })
})

describe('several instances', () => {
  /** Whatever a test opened, last first: the first service's WeChat goes with it. */
  const closing: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })
  async function start(...options: Parameters<typeof startService>): Promise<Service> {
    const started = await startService(...options)
    closing.push(started.close)
    return started
  }
  function startDatabase(): string {
    const { url, remove } = temporaryDatabase()
    closing.push(remove)
    return url
  }

  test('pass over the keys that were sealed by a secret they no longer know', async () => {
    const database = startDatabase()
    const before = await start({ database, jwtSecret: OTHER_JWT_SECRET })
    const { simulator, clock } = before
    const lost = await logIn(before, 'alice')
    // As after a leak: the secret is replaced at once, and the operator has the users believed.
    const after = await start({ database, simulator, clock, adoptUsers: 'on' })
    const kept = await logIn(after, 'alice')
    const phone = phoneOf(after)
    await decrypt(after, kept.token, encrypt(kept.key, phone)).expect(200)
    await decrypt(after, kept.token, encrypt(lost.key, phone)).expect(409)

    const both = await start({ database, simulator, clock, jwtSecretPrevious: OTHER_JWT_SECRET })
    await decrypt(both, kept.token, encrypt(lost.key, phone)).expect(200)
    await decrypt(both, lost.token, encrypt(kept.key, phone)).expect(200)
  })

  const testWithRedis = available('redis') ? test : test.skip
  testWithRedis('on one Redis open with each other’s keys, and tell of newer ones', async () => {
    const database = startDatabase()
    const redis = await sharedDatabase('redis')
    const a = await start({ database, redisUrl: redis.url })
    const { simulator, clock } = a
    const b = await start({ database, redisUrl: redis.url, simulator, clock })
    const state = async (service: Service, token: string) =>
      (await service.http.get(`/checklogin?token=${token}`).expect(200)).body.session_key

    const older = await logIn(a, 'alice')
    expect(await state(b, older.token)).toBe('fresh')
    const newer = await logIn(a, 'alice')
    expect(await state(b, older.token)).toBe('replaced')
    expect(await state(b, newer.token)).toBe('fresh')
    for (const { key } of [older, newer]) {
      await decrypt(b, older.token, encrypt(key, phoneOf(b))).expect(200)
    }
  })
})

describe('for routes of a host’s own', () => {
  let login: Login
  let service: Service
  beforeAll(async () => {
    service = await startService({
      host: 'Express 5, mounted',
      routes(app, mounted) {
        login = mounted
        app.post('/whole', mounted.required, (req, res, next) => {
          const fields = { encryptedData: req.headers['x-data'], iv: req.headers['x-iv'] }
          mounted.decrypt(req.login, fields).then(data => res.json(data), next)
        })
      },
    })
  })
  afterAll(() => service.close())

  test('the object comes whole, openId and unionId included', async () => {
    const { token, key } = await logIn(service, 'alice')
    const { openid, unionid } = service.simulator.user('alice')
    const user = { openId: openid, unionId: unionid, watermark: watermark(service) }
    const { encryptedData, iv } = encrypt(key, user)
    const { body } = await service.http
      .post('/whole')
      .set({ token, 'x-data': encryptedData, 'x-iv': iv })
      .expect(200)
    expect(body).toEqual(user)
  })

  test('what cannot be opened rejects with our errors', async () => {
    const [userId, sessionId] = ['nobody'.padEnd(22, '-'), 'none'.padEnd(43, '-')]
    const nobody = { userId, sessionId, appid, openid: 'none' }
    await expect(login.decrypt(nobody, {})).rejects.toMatchObject({ code: 'invalid_request' })
    const fields = sign('key', '{}')
    await expect(login.decrypt(nobody, fields)).rejects.toMatchObject({ code: 'session_key_stale' })
  })
})
