import { setTimeout as sleep } from 'node:timers/promises'
import { SIMULATOR_APP } from '../../src/simulator/index'
import { openSqlite } from '../../src/store/sqlite/binding'
import { OTHER_APP, type Service, startService } from '../support/service'
import { temporaryDatabase } from '../support/temporary'

const PHONE_API = '/wxa/business/getuserphonenumber'
const { appid } = SIMULATOR_APP

let service: Service
let token: string
beforeAll(async () => {
  service = await startService({ wxTimeoutMs: 3000 })
})
afterAll(() => service.close())
beforeEach(async () => {
  service.simulator.reset()
  // Past whatever pause the last test's refusals have earned.
  service.clock.advance(60)
  token = (await service.logIn()).token
})

const phone = (code: unknown, as = token) =>
  service.http.post('/phone').set('Authorization', `Bearer ${as}`).send({ code })
const phoneCalls = () => service.simulator.calls.filter(({ path }) => path === PHONE_API)

test('a phone code becomes the number, which WeChat gave for this user and which /me then shows', async () => {
  const code = service.simulator.mintPhoneCode({ phoneNumber: '13812345678' })
  const { body } = await phone(code).expect(200)
  expect(body).toEqual({
    phone_number: '13812345678',
    pure_phone_number: '13812345678',
    country_code: '86',
  })
  const me = await service.http.get('/me').set('token', token).expect(200)
  expect(me.body.phone_number).toBe('13812345678')
  const [call] = phoneCalls()
  expect(JSON.parse(String(call?.body))).toEqual({
    code,
    openid: service.simulator.user('alice').openid,
  })
  expect(call?.headers).toMatchObject({ 'content-type': 'application/json' })
  expect(Number(call?.headers['content-length'])).toBe(call?.body.length)
})

test('a code that its user sends five times at once is asked for once; another user shares nothing', async () => {
  const mallory = await service.logIn('mallory')
  const code = service.simulator.mintPhoneCode({ phoneNumber: '13812345679' })
  service.simulator.fail({ late: 1000 }, { path: PHONE_API, times: 2 })
  const mine = Array.from({ length: 5 }, async () => (await phone(code)).body.phone_number)
  await Promise.race([...mine, sleep(80)])
  const theirs = await phone(code, mallory.token).expect(400)
  expect(theirs.body.error).toBe('phone_code_invalid')
  expect(await Promise.all(mine)).toEqual(Array(5).fill('13812345679'))
  expect(phoneCalls()).toHaveLength(2)
  // What is over is over: no answer is kept.
  await phone(code).expect(400)
})

test('closing waits for a number under way: it is paid for', async () => {
  const database = temporaryDatabase()
  const closing = await startService({ database: database.url })
  const { token: own } = await closing.logIn()
  const code = closing.simulator.mintPhoneCode({ phoneNumber: '13812345680' })
  closing.simulator.fail({ late: 300 }, { path: PHONE_API })
  const answer = closing.http.post('/phone').set('token', own).send({ code })
  const answered = answer.then(found => found)
  while (closing.simulator.counts[PHONE_API] !== 1) await sleep(5)
  await closing.login.close()
  expect((await answered).body.phone_number).toBe('13812345680')
  await closing.close()
  const file = openSqlite(database.file, { busyTimeoutMs: 0, cacheKib: 1000 })
  expect(file.prepare('select phone_number from mpl_users').all()).toMatchObject([
    { phone_number: '13812345680' },
  ])
  file.close()
  database.remove()
})

test('a foreign number is kept with its country code', async () => {
  const code = service.simulator.mintPhoneCode({ phoneNumber: '61234567', countryCode: '852' })
  expect((await phone(code).expect(200)).body).toEqual({
    phone_number: '85261234567',
    pure_phone_number: '61234567',
    country_code: '852',
  })
  const me = await service.http.get('/me').set('token', token).expect(200)
  expect(me.body.phone_number).toBe('85261234567')
})

test('a code of another user gives nobody a number', async () => {
  const bobs = service.simulator.mintPhoneCode({ user: 'bob', phoneNumber: '13900000001' })
  const { body } = await phone(bobs).expect(400)
  expect(body).toMatchObject({ error: 'phone_code_invalid', wx_errcode: 40003 })
  const me = await service.http.get('/me').set('token', token).expect(200)
  expect(me.body.phone_number).not.toBe('13900000001')
})

test('a code of another mini program is the caller’s mistake, not a misconfiguration', async () => {
  const foreign = service.simulator.mintPhoneCode({ appid: OTHER_APP.appid })
  const { body } = await phone(foreign).expect(400)
  expect(body).toMatchObject({ error: 'phone_code_invalid', wx_errcode: 40013 })
})

describe('a login code sent by mistake is told from a bad phone code', () => {
  const says = /wx\.login/

  test('one that has logged somebody in, without asking WeChat', async () => {
    const code = service.simulator.mintCode()
    await service.http.post('/login').send({ code }).expect(200)
    const { body } = await phone(code).expect(400)
    expect(body).toMatchObject({ error: 'phone_code_invalid', action: 'tap_again' })
    expect(body.message).toMatch(/^这是 wx\.login 的 code/)
    expect(body.message_en).toMatch(/^This is a code of wx\.login/)
    expect(phoneCalls()).toHaveLength(0)
  })

  test('a fresh one', async () => {
    const { body } = await phone(service.simulator.mintCode()).expect(400)
    expect(body).toMatchObject({ error: 'phone_code_invalid', wx_errcode: 40029 })
    expect(body.message_en).toMatch(/^This is a code of wx\.login/)
  })

  test('a phone code that is used up is not called one', async () => {
    const code = service.simulator.mintPhoneCode()
    await phone(code).expect(200)
    const { body } = await phone(code).expect(400)
    expect(body).toMatchObject({ error: 'phone_code_invalid', wx_errcode: 40029 })
    expect(body.message_en).toMatch(/^The phone code is invalid/)
    expect(body.message_en).toMatch(says)
  })
})

test('no code, and what can be none, are refused before WeChat is asked', async () => {
  expect((await phone(undefined).expect(400)).body).toMatchObject({ error: 'phone_code_missing' })
  expect((await phone('').expect(400)).body.message_en).toContain('e.detail.code')
  expect((await phone(['a']).expect(400)).body).toMatchObject({
    error: 'invalid_request',
    field: 'code',
  })
  expect((await phone('a b').expect(400)).body.error).toBe('invalid_request')
  expect(phoneCalls()).toHaveLength(0)
})

test('without a token nobody asks WeChat', async () => {
  const code = service.simulator.mintPhoneCode()
  await service.http.post('/phone').send({ code }).expect(401)
  expect(phoneCalls()).toHaveLength(0)
})

test.each<[string, number, string]>([
  ['never', 504, 'wechat_timeout'],
  ['drip', 504, 'wechat_timeout'],
  ['reset', 502, 'wechat_bad_answer'],
  ['closemid', 502, 'wechat_bad_answer'],
  ['html200', 502, 'wechat_bad_answer'],
  ['html503', 503, 'wechat_unavailable'],
  ['truncated', 502, 'wechat_bad_answer'],
  ['nophoneinfo', 502, 'wechat_bad_answer'],
  ['foreignwatermark', 502, 'wechat_bad_answer'],
  ['status429', 503, 'wechat_quota'],
])('%s: a code that was sent is not sent again', async (transport, status, error) => {
  await service.login.accessToken(appid)
  service.simulator.fail({ transport } as never, { path: PHONE_API, times: 5 })
  const { body } = await phone(service.simulator.mintPhoneCode()).expect(status)
  expect(body.error).toBe(error)
  expect(body.message_en).toMatch(/tap the phone button/)
  expect(phoneCalls()).toHaveLength(1)
})

test.each<[number, number, string]>([
  [-1, 503, 'wechat_unavailable'],
  [40097, 500, 'misconfigured'],
  [45009, 503, 'wechat_quota'],
  [45011, 503, 'wechat_quota'],
  [48001, 500, 'misconfigured'],
  [99999, 502, 'wechat_bad_answer'],
])('errcode %d', async (errcode, status, error) => {
  service.simulator.fail({ errcode }, { path: PHONE_API })
  const { body } = await phone(service.simulator.mintPhoneCode()).expect(status)
  expect(body).toMatchObject({ error, wx_errcode: errcode })
  expect(phoneCalls()).toHaveLength(1)
})

test('the number is in no log line', async () => {
  const code = service.simulator.mintPhoneCode({ phoneNumber: '13877776666' })
  await phone(code).expect(200)
  const logged = JSON.stringify([service.requestLines, service.logLines])
  expect(service.requestLines.at(-1)).toContain('"path":"/phone"')
  expect(logged).not.toContain('13877776666')
  expect(logged).not.toContain(code)
  const { value } = await service.login.accessToken(appid)
  expect(logged).not.toContain(value)
})

test('while the store takes no number no code is spent on one', async () => {
  const { url, file, remove } = temporaryDatabase()
  // A lock that nobody holds is taken at the first look, so that a busy machine changes nothing.
  const kept = await startService({ database: url, patience: { sqliteWriteMs: 50 } })
  const { token: held } = await kept.logIn()
  const code = kept.simulator.mintPhoneCode()
  const send = () => kept.http.post('/phone').set('token', held).send({ code })
  const other = openSqlite(file, { busyTimeoutMs: 1000, cacheKib: 1024 })
  try {
    // Reads go on: the guard lets the user pass.
    other.exec('begin immediate')
    expect((await send().expect(503)).body.error).toBe('store_unavailable')
    other.exec('rollback')
    await send().expect(200)
  } finally {
    other.close()
    await kept.close()
    remove()
  }
})

test('calls that ask WeChat are limited by address, apart from the logins', async () => {
  const limited = await startService({ rateLimit: 3 })
  try {
    const { token: held } = await limited.logIn()
    const ask = () => limited.http.post('/checksession').set('token', held)
    for (let i = 0; i < 3; i++) await ask().expect(200)
    expect((await ask().expect(429)).body.error).toBe('rate_limited')
    const code = limited.simulator.mintPhoneCode()
    await limited.http.post('/phone').set('token', held).send({ code }).expect(429)
    await limited.logIn('bob')
  } finally {
    await limited.close()
  }
})
