import { SIMULATOR_APP } from '../../src/simulator/index'
import { Clock } from '../support/clock'
import { type Service, startService } from '../support/service'
import { temporaryDatabase } from '../support/temporary'

const CHECK_API = '/wxa/checksession'
const { appid } = SIMULATOR_APP

let a: Service
let b: Service
let removeDatabase: () => void
const clock = new Clock()
beforeAll(async () => {
  const { url, remove } = temporaryDatabase()
  removeDatabase = remove
  a = await startService({ database: url, clock })
  b = await startService({ database: url, clock, simulator: a.simulator })
})
afterAll(async () => {
  await b.close()
  await a.close()
  removeDatabase()
})
beforeEach(() => {
  a.simulator.reset()
  clock.advance(600)
})

const check = (token: string, of = a) => of.http.post('/checksession').set('token', token)
const state = async (token: string, of = a): Promise<string> => {
  const { body } = await of.http.get('/checklogin').set('Authorization', `Bearer ${token}`)
  expect(body.is_login).toBe(true)
  return body.session_key
}
const userIdOf = (token: string): string =>
  JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString()).sub

test('WeChat is asked about the key that this session holds, and its answer is told', async () => {
  const { token } = await a.logIn()
  expect((await check(token).expect(200)).body).toEqual({ valid: true })
  const call = a.simulator.calls.at(-1)
  expect(call?.path).toBe(CHECK_API)
  expect(call?.query.map(([name]) => name).sort()).toEqual([
    'access_token',
    'openid',
    'sig_method',
    'signature',
  ])
  // The user logs in elsewhere: WeChat makes a new key, and this session’s is dead.
  await a.logIn()
  expect((await check(token).expect(200)).body).toEqual({ valid: false })
})

test('a key that WeChat confirms is fresh for five minutes again, on every instance', async () => {
  const { token } = await a.logIn()
  clock.advance(301)
  expect(await state(token)).toBe('unknown')
  await check(token).expect(200)
  for (const each of [a, b]) expect(await state(token, each)).toBe('fresh')
  clock.advance(300)
  expect(await state(token, b)).toBe('fresh')
  clock.advance(1)
  expect(await state(token, b)).toBe('unknown')
})

test('a key that WeChat denies is replaced, on every instance and for good', async () => {
  const { token } = await a.logIn('carol')
  // A login that this service did not see: the key is another one now.
  await loginElsewhere('carol')
  expect(await state(token)).toBe('fresh')
  expect((await check(token, b).expect(200)).body).toEqual({ valid: false })
  for (const each of [a, b]) expect(await state(token, each)).toBe('replaced')
  clock.advance(3000)
  expect(await state(token)).toBe('replaced')
  const again = await a.logIn('carol')
  expect(await state(again.token)).toBe('fresh')
  expect(await state(token)).toBe('replaced')
})

test('what WeChat could not be asked changes nothing', async () => {
  const { token } = await a.logIn()
  a.simulator.fail({ errcode: -1 }, { path: CHECK_API })
  const { body } = await check(token).expect(503)
  expect(body).toMatchObject({ error: 'wechat_unavailable', wx_errcode: -1, retry_after: 2 })
  expect(body.message).toMatch(/请稍后再试$/)
  a.simulator.fail({ transport: 'emptyobject' }, { path: CHECK_API })
  expect((await check(token).expect(502)).body.error).toBe('wechat_bad_answer')
  expect(await state(token)).toBe('fresh')
})

test('an older login’s key says nothing about the newest', async () => {
  const older = await a.logIn('dave')
  const newer = await a.logIn('dave')
  expect((await check(older.token).expect(200)).body).toEqual({ valid: false })
  expect(await state(older.token)).toBe('replaced')
  expect(await state(newer.token)).toBe('fresh')
})

test('without a token WeChat is not asked', async () => {
  await a.http.post('/checksession').expect(401)
  expect(a.simulator.calls).toHaveLength(0)
})

describe('resetSessionKey, after a suspected leak', () => {
  test('WeChat makes a new key; the sessions that held the old one hold the new one and stay logged in', async () => {
    const { token } = await a.logIn('erin')
    const old = a.simulator.user('erin').sessionKey
    expect(await b.login.resetSessionKey(userIdOf(token))).toBe('reset')
    const now = a.simulator.user('erin').sessionKey
    expect(now).not.toBe(old)
    expect((await check(token).expect(200)).body).toEqual({ valid: true })
    for (const each of [a, b]) expect(await state(token, each)).toBe('fresh')
    const renewed = await a.http.post('/refresh').set('token', token).expect(200)
    expect((await check(renewed.body.token).expect(200)).body).toEqual({ valid: true })
  })

  test('a key that was dead already is reported and noted', async () => {
    const { token } = await a.logIn('frank')
    await loginElsewhere('frank')
    expect(await a.login.resetSessionKey(userIdOf(token))).toBe('dead')
    expect(await state(token, b)).toBe('replaced')
  })

  test('a user without a session has no key that could be reset', async () => {
    const { token } = await a.logIn('grace')
    await a.http.post('/logout').set('token', token).expect(200)
    expect(await a.login.resetSessionKey(userIdOf(token))).toBe('unknown')
    expect(await a.login.resetSessionKey('nobody')).toBe('unknown')
  })

  test('if WeChat cannot be asked nothing changes', async () => {
    const { token } = await a.logIn('heidi')
    a.simulator.fail({ errcode: 45011 }, { path: '/wxa/resetusersessionkey' })
    await expect(a.login.resetSessionKey(userIdOf(token))).rejects.toMatchObject({
      code: 'wechat_quota',
    })
    expect((await check(token).expect(200)).body).toEqual({ valid: true })
  })
})

/** Exchanges a code at WeChat past the service, as a second backend of the company might. */
async function loginElsewhere(user: string): Promise<void> {
  const params = new URLSearchParams({
    appid,
    secret: SIMULATOR_APP.secret,
    js_code: a.simulator.mintCode({ user }),
    grant_type: 'authorization_code',
  })
  await fetch(`${a.simulator.url}/sns/jscode2session?${params}`)
}
