import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../src/log'
import { createSimulator, SIMULATOR_APP } from '../../src/simulator/index'
import { createAuthorizedCall } from '../../src/wx/authorized-call'
import { createWxClient } from '../../src/wx/client'
import { signedBy } from '../../src/wx/session-key-signature'
import { createWechat } from '../../src/wx/wechat'
import { Clock } from '../support/clock'

const { appid, secret } = SIMULATOR_APP
const TOKEN_API = '/cgi-bin/stable_token'
const PHONE_API = '/wxa/business/getuserphonenumber'
const TIMEOUT_MS = 600

const clock = new Clock()
const simulator = createSimulator({ now: clock.now })
const lines: string[] = []
const write: Log['info'] = (event, fields) => void lines.push(JSON.stringify({ event, ...fields }))
const log: Log = { info: write, warn: write, error: write }
const closing: (() => unknown)[] = []

beforeAll(() => simulator.listen())
afterAll(() => simulator.close())
beforeEach(() => {
  simulator.reset()
  lines.length = 0
})
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

function startWechat(timeoutMs = TIMEOUT_MS, secrets: readonly string[] = [secret]) {
  const client = createWxClient({ baseUrl: simulator.url, timeoutMs })
  closing.push(() => client.close())
  const shelf = {
    read: async () => undefined,
    write: async () => {},
    drop: async () => {},
    lease: async () => async () => {},
  }
  const apps = new Map([[appid, secrets]])
  return createWechat({ client, apps, shelf, now: clock.now, log })
}

const alice = () => ({ appid, openid: simulator.user('alice').openid })
const pathsAsked = () => simulator.calls.map(({ path }) => path)
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => Promise.reject(new Error('it should have failed')),
    error => error,
  )

test('the signature is an HMAC of nothing, whose key is the base64 text and not its bytes', () => {
  expect(signedBy('tiihtNczf5v6AKRyjwEUhQ==')).toEqual({
    signature: '7154f9f8b4b76b92f541cbf0e37d48840fa06e5e42da92a6f80168a1516a4735',
    sig_method: 'hmac_sha256',
  })
})

test.each([40001, 40014, 42001])(
  'errcode %d: a new token, and the call once more',
  async errcode => {
    const wechat = startWechat()
    await wechat.getAccessToken()
    simulator.fail({ errcode }, { path: PHONE_API })
    const number = await wechat.askPhoneNumber(alice(), simulator.mintPhoneCode())
    expect(number.countryCode).toBe('86')
    expect(pathsAsked()).toEqual([TOKEN_API, PHONE_API, TOKEN_API, PHONE_API])
  },
)

test('around a reset of the AppSecret the token is fetched with the one that WeChat takes', async () => {
  const wechat = startWechat(TIMEOUT_MS, ['0123456789abcdef0123456789abcdef', secret])
  expect((await wechat.getAccessToken()).value).toMatch(/^SIM_/)
  expect(simulator.calls.map(({ errcode }) => errcode)).toEqual([40125, undefined])
})

test('a token that is refused twice is not tried a third time', async () => {
  const wechat = startWechat()
  simulator.fail({ errcode: 42001 }, { path: PHONE_API, times: 5 })
  const error = await failureOf(wechat.askPhoneNumber(alice(), simulator.mintPhoneCode()))
  expect(error).toMatchObject({ code: 'wechat_unavailable', wxErrcode: 42001 })
  expect(pathsAsked()).toEqual([TOKEN_API, PHONE_API, TOKEN_API, PHONE_API])
})

test('errcode 41001, a fault of our own, fetches no token', async () => {
  const wechat = startWechat()
  simulator.fail({ errcode: 41001 }, { path: PHONE_API })
  const error = await failureOf(wechat.askPhoneNumber(alice(), simulator.mintPhoneCode()))
  expect(error.code).toBe('misconfigured')
  expect(pathsAsked()).toEqual([TOKEN_API, PHONE_API])
})

test('one deadline covers the token and the call', async () => {
  const wechat = startWechat(1500)
  simulator.fail({ late: 900 }, { path: TOKEN_API })
  simulator.fail({ transport: 'never' }, { path: PHONE_API })
  const begun = performance.now()
  const error = await failureOf(wechat.askPhoneNumber(alice(), simulator.mintPhoneCode()))
  expect(error).toMatchObject({ code: 'wechat_timeout', sent: true })
  expect(performance.now() - begun).toBeLessThan(2300)
})

test('a code is not sent off with too little time left to hear the answer', async () => {
  const late = async () => {
    await sleep(850)
    return { value: 'late', expiresAt: clock.ms + 7200_000 }
  }
  const tokens = { get: late, replace: late }
  const call = createAuthorizedCall({ tokens, timeoutMs: 1000, log })
  let sent = 0
  const error = await failureOf(call(PHONE_API, appid, async () => sent++))
  expect(error).toMatchObject({ code: 'wechat_unavailable', sent: false })
  expect(sent).toBe(0)
})

test.each([
  'noaccesstoken',
  'accesstokenempty',
  'noexpiresin',
  'emptyobject',
  'null',
  'empty',
] as const)('a token answer that is %s gives no token', async transport => {
  const wechat = startWechat()
  simulator.fail({ transport }, { path: TOKEN_API })
  expect((await failureOf(wechat.getAccessToken())).code).toBe('wechat_bad_answer')
})

test.each([
  [40125, 'misconfigured'],
  [40164, 'misconfigured'],
  [89503, 'misconfigured'],
  [89507, 'misconfigured'],
  [45009, 'wechat_quota'],
  [-1, 'wechat_unavailable'],
])('a token that is refused with %d is %s', async (errcode, code) => {
  const wechat = startWechat()
  simulator.fail({ errcode }, { path: TOKEN_API })
  const error = await failureOf(wechat.getAccessToken())
  expect(error).toMatchObject({ code, wxErrcode: errcode })
})

test.each(['reset', 'html500', 'truncated', 'never', 'redirect', 'badheader'] as const)(
  '%s: no error and no line shows the token, the AppSecret, the code or the number',
  async transport => {
    const wechat = startWechat()
    simulator.fail({ transport }, { path: TOKEN_API })
    const first = await failureOf(wechat.getAccessToken())
    clock.advance(10)
    const { value } = await wechat.getAccessToken()
    const code = simulator.mintPhoneCode({ phoneNumber: '13877776666' })
    simulator.fail({ transport }, { path: PHONE_API })
    const second = await failureOf(wechat.askPhoneNumber(alice(), code))
    const shown = [first, second].map(everythingIn).join() + lines.join()
    for (const hidden of [secret, value, code, '13877776666', alice().openid]) {
      expect(shown).not.toContain(hidden)
    }
    expect(lines.some(line => line.includes(PHONE_API))).toBe(true)
  },
)

function everythingIn(error: Error): string {
  const own = Object.getOwnPropertyNames(error).map(
    name => `${name}=${JSON.stringify((error as never)[name])}`,
  )
  return `${error.stack} ${own.join(' ')} ${error.cause}`
}
