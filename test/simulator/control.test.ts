import { SIMULATOR_APP, type Simulator } from '../../src/simulator/index'
import { ask, login, loginUrl, start } from './ask'
import {
  accessToken,
  OTHER_APP,
  phoneNumber,
  plainToken,
  refusalOf,
  stableToken,
  TWO_APPS,
} from './credentials'

async function control(simulator: Simulator, route: string, body?: unknown) {
  const [method = '', path = ''] = route.split(' ')
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const reply = await ask(simulator.url + path, {
    method,
    ...(text !== undefined && { body: text }),
  })
  expect(reply.headers['content-type']).toMatch(/^application\/json/)
  return { status: reply.status, json: JSON.parse(reply.body.toString()) }
}

it('POST /simulator/codes mints a code, by default of alice', async () => {
  const simulator = await start()
  const mine = await control(simulator, 'POST /simulator/codes')
  expect((await login(simulator, mine.json.code)).openid).toBe(simulator.user('alice').openid)
  const bobs = await control(simulator, 'POST /simulator/codes', {
    user: 'bob',
    appid: SIMULATOR_APP.appid,
  })
  expect((await login(simulator, bobs.json.code)).openid).toBe(simulator.user('bob').openid)
})

it('GET /simulator/calls shows the calls without the secret; in process it is there', async () => {
  const simulator = await start({ apps: { wxa: 'canary-secret' } })
  await login(simulator, 'sim-bob-1', { appid: 'wxa', secret: 'canary-secret' })
  await ask(`${simulator.url}/sns/jscode2session?SECRET=canary-2&appsecret=canary-3`, {
    method: 'POST',
    body: '{"secret":"canary-4","appid":"wxa"}',
  })
  await ask(`${simulator.url}/x`, { method: 'POST', body: 'appid=wxa&secret=canary-5&x=y' })

  const { json } = await control(simulator, 'GET /simulator/calls')
  expect(JSON.stringify(json)).not.toContain('canary')
  expect(json.calls).toHaveLength(3)
  expect(json.calls[0].query).toContainEqual(['js_code', 'sim-bob-1'])
  expect(json.calls[0].query).toContainEqual(['secret', '[redacted]'])
  expect(json.calls[2].body).toBe('appid=wxa&secret=[redacted]&x=y')
  expect(simulator.calls[0]?.query).toContainEqual(['secret', 'canary-secret'])
})

it('POST /simulator/faults makes the next calls fail', async () => {
  const simulator = await start()
  expect(await control(simulator, 'POST /simulator/faults', { errcode: 45011, times: 2 })).toEqual({
    status: 200,
    json: { ok: true },
  })
  expect(await login(simulator, 'sim-a-1')).toMatchObject({ errcode: 45011 })
  expect(await login(simulator, 'sim-a-1')).toMatchObject({ errcode: 45011 })
  expect(await login(simulator, 'sim-a-1')).toHaveProperty('openid')

  await control(simulator, 'POST /simulator/faults', { transport: 'html503', times: 'Infinity' })
  for (let i = 0; i < 3; i += 1) {
    expect((await ask(loginUrl(simulator, 'sim-a-2'))).status).toBe(503)
  }
  await control(simulator, 'POST /simulator/reset')
  await control(simulator, 'POST /simulator/faults', { late: 100, path: '/sns/jscode2session' })
  const startedAt = performance.now()
  await login(simulator, 'sim-a-3')
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(95)
})

it('GET /simulator/calls shows no access_token, wherever it came', async () => {
  const simulator = await start()
  await phoneNumber(simulator, 'canary-1', { code: 'x', access_token: 'canary-2' })
  await stableToken(simulator, { secret: 'canary-3' })
  const { json } = await control(simulator, 'GET /simulator/calls')
  expect(JSON.stringify(json)).not.toContain('canary')
  expect(json.calls[0].query).toEqual([['access_token', '[redacted]']])
  expect(JSON.stringify(simulator.calls)).toContain('canary-1')
})

it('GET /simulator/counts tells how often each API was called', async () => {
  const simulator = await start()
  await stableToken(simulator)
  await stableToken(simulator)
  await login(simulator, 'sim-a-1')
  expect((await control(simulator, 'GET /simulator/counts')).json).toEqual({
    counts: { '/cgi-bin/stable_token': 2, '/sns/jscode2session': 1 },
  })
})

it('POST /simulator/phone-codes mints a code of the phone button', async () => {
  const simulator = await start({ apps: TWO_APPS })
  const token = await accessToken(simulator)
  const mine = await control(simulator, 'POST /simulator/phone-codes')
  expect(await phoneNumber(simulator, token, mine.json)).toMatchObject({
    phone_info: { phoneNumber: simulator.user('alice').phoneNumber },
  })
  const other = await control(simulator, 'POST /simulator/phone-codes', {
    user: 'bob',
    appid: OTHER_APP.appid,
    phoneNumber: '51234567',
    countryCode: '852',
  })
  const others = await accessToken(simulator, OTHER_APP)
  expect(await phoneNumber(simulator, others, other.json)).toMatchObject({
    phone_info: { phoneNumber: '85251234567' },
  })
})

it('POST /simulator/user-info and /phone-number encrypt as a phone does', async () => {
  const simulator = await start()
  await login(simulator, 'sim-bob-1')
  const info = await control(simulator, 'POST /simulator/user-info', {
    user: 'bob',
    keysAgo: 0,
    profile: true,
    fields: { nickName: 'Bob' },
    watermark: { timestamp: 1 },
  })
  expect(info.json).toEqual({
    rawData: expect.stringContaining('"nickName":"Bob"'),
    signature: expect.stringMatching(/^[0-9a-f]{40}$/),
    encryptedData: expect.any(String),
    iv: expect.any(String),
  })
  const phone = await control(simulator, 'POST /simulator/phone-number', { user: 'bob' })
  expect(phone.json).toEqual({ encryptedData: expect.any(String), iv: expect.any(String) })
  const nobody = await control(simulator, 'POST /simulator/phone-number')
  expect(nobody).toMatchObject({ status: 400, json: { error: expect.stringContaining('log in') } })
})

it('POST /simulator/access-tokens/kill and /expire end tokens', async () => {
  const simulator = await start()
  const first = await accessToken(simulator)
  const plain = (await plainToken(simulator)).access_token
  await control(simulator, 'POST /simulator/access-tokens/kill', { appid: SIMULATOR_APP.appid })
  expect(await refusalOf(simulator, first)).toBe(40001)
  expect(await refusalOf(simulator, plain)).toBe(40001)
  const second = await accessToken(simulator)
  await control(simulator, 'POST /simulator/access-tokens/expire')
  expect(await refusalOf(simulator, second)).toBe(42001)
  const third = await accessToken(simulator)
  await control(simulator, 'POST /simulator/access-tokens/kill', { stillGiven: true })
  expect(await accessToken(simulator)).toBe(third)
})

it('POST /simulator/session-keys/rotate and /expire change a key, and do not tell it', async () => {
  const simulator = await start()
  const { session_key: first } = await login(simulator, 'sim-alice-1')
  expect((await control(simulator, 'POST /simulator/session-keys/rotate')).json).toEqual({
    ok: true,
  })
  expect(simulator.user('alice').sessionKey).toEqual(expect.any(String))
  expect(simulator.user('alice').sessionKey).not.toBe(first)
  await login(simulator, 'sim-bob-1')
  await control(simulator, 'POST /simulator/session-keys/expire', { user: 'bob' })
  expect(simulator.user('bob').sessionKey).toBeUndefined()
  expect(simulator.user('alice').sessionKey).toBeDefined()
})

it('POST /simulator/secrets, /unionid and /blocks change apps and users', async () => {
  const simulator = await start()
  const { appid, secret } = SIMULATOR_APP
  await control(simulator, 'POST /simulator/secrets', { appid, secrets: [secret, 'next-secret'] })
  const next = { secret: 'next-secret' }
  expect(await login(simulator, 'sim-a-1', next)).not.toHaveProperty('unionid')
  await control(simulator, 'POST /simulator/unionid', { appid })
  expect(await login(simulator, 'sim-a-2', next)).toHaveProperty('unionid')
  await control(simulator, 'POST /simulator/unionid', { appid, bound: true, platform: 'other' })
  expect(await login(simulator, 'sim-a-3')).toHaveProperty('unionid')
  await control(simulator, 'POST /simulator/unionid', { appid, bound: false })
  expect(await login(simulator, 'sim-a-4')).not.toHaveProperty('unionid')
  await control(simulator, 'POST /simulator/blocks', { user: 'mallory' })
  expect(await login(simulator, 'sim-mallory-1')).toMatchObject({ errcode: 40226 })
  await control(simulator, 'POST /simulator/blocks', { user: 'mallory', blocked: false })
  expect(await login(simulator, 'sim-mallory-2')).toHaveProperty('openid')
})

it('POST /simulator/reset forgets calls and codes', async () => {
  const simulator = await start()
  const code = simulator.mintCode()
  await login(simulator, 'nonsense')
  await control(simulator, 'POST /simulator/reset')
  expect(simulator.calls).toEqual([])
  expect(await login(simulator, code)).toMatchObject({ errcode: 40029 })
})

it.each([
  ['POST /simulator/codes', { appid: 'wx-unknown' }],
  ['POST /simulator/codes', { user: 7 }],
  ['POST /simulator/codes', 'not json'],
  ['POST /simulator/codes', []],
  ['POST /simulator/codes', { usr: 'bob' }],
  ['POST /simulator/codes', { toString: 'bob' }],
  ['POST /simulator/phone-codes', { phoneNumber: 13800000000 }],
  ['POST /simulator/user-info', { fields: [] }],
  ['POST /simulator/user-info', { watermark: null }],
  ['POST /simulator/access-tokens/kill', { appid: 'wx-unknown' }],
  ['POST /simulator/access-tokens/kill', { stillGiven: 'yes' }],
  ['POST /simulator/session-keys/rotate', { appid: 'wx-unknown' }],
  ['POST /simulator/secrets', { appid: SIMULATOR_APP.appid }],
  ['POST /simulator/secrets', { secrets: ['x'] }],
  ['POST /simulator/unionid', {}],
  ['POST /simulator/blocks', {}],
  ['POST /simulator/faults', {}],
  ['POST /simulator/faults', { transport: 'unheard' }],
  ['POST /simulator/faults', { errcode: -1, times: 'often' }],
])('a wrong body gets 400 and a reason: %s %j', async (route, body) => {
  const simulator = await start()
  const { status, json } = await control(simulator, route, body)
  expect(status).toBe(400)
  expect(json.error).toEqual(expect.any(String))
})

it('other routes get 404 and the list of routes', async () => {
  const simulator = await start()
  const { status, json } = await control(simulator, 'GET /simulator/codes')
  expect(status).toBe(404)
  expect(json.error).toContain('POST /simulator/codes')
})

it('control calls are not recorded, and no fault strikes them', async () => {
  const simulator = await start()
  simulator.fail({ transport: 'html500' })
  expect((await control(simulator, 'POST /simulator/codes')).status).toBe(200)
  expect(simulator.calls).toEqual([])
})
