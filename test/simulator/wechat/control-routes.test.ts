import { SIMULATOR_APP } from '../../../src/simulator/index'
import { login, start } from '../ask'
import { control } from '../control'
import {
  accessToken,
  OTHER_APP,
  phoneNumber,
  plainToken,
  refusalOf,
  TWO_APPS,
} from '../credentials'

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
