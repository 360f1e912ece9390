import { createSimulator, SIMULATOR_APP } from '../../src/simulator/index'
import type { Deadline } from '../../src/upstream/deadline'
import type { AccessTokens } from '../../src/wx/access-tokens'
import { createAuthorizedCall } from '../../src/wx/authorized-call'
import { createTellFailures } from '../../src/wx/tell-failures'
import { WxRefused } from '../../src/wx/wx-refused'
import { Clock } from '../support/clock'
import { everythingIn, failureOf } from './failures'
import { createRecorder } from './recorder'
import { closeAll, startWx } from './start-wx'

const { appid, secret } = SIMULATOR_APP
const TOKEN_API = '/cgi-bin/stable_token'
const PHONE_API = '/wxa/business/getuserphonenumber'
const origin = { requestId: 'r-1' }
const call = { api: PHONE_API, appid, origin }

const clock = new Clock()
const simulator = createSimulator({ now: clock.now })
const recorder = createRecorder()

beforeAll(() => simulator.listen())
afterAll(() => simulator.close())
beforeEach(() => {
  simulator.reset()
  recorder.forget()
})
afterEach(closeAll)
afterEach(() => jest.restoreAllMocks())

function start(timeoutMs?: number) {
  const { events, log } = recorder
  const apps = new Map([[appid, [secret]]])
  const options = { baseUrl: simulator.url, apps, now: clock.now, events, log }
  return startWx({ ...options, ...(timeoutMs !== undefined && { timeoutMs }) })
}

const alice = () => ({ appid, openid: simulator.user('alice').openid, origin })
const pathsAsked = () => simulator.calls.map(({ path }) => path)

test.each([40001, 40014, 42001])(
  'errcode %d: a new access_token, and the call once more',
  async errcode => {
    const wx = start()
    await wx.getAccessToken(appid)
    simulator.fail({ errcode }, { path: PHONE_API })
    const number = await wx.getPhoneNumber(simulator.mintPhoneCode(), alice())
    expect(number.countryCode).toBe('86')
    expect(pathsAsked()).toEqual([TOKEN_API, PHONE_API, TOKEN_API, PHONE_API])
    // The caller has what they asked for: nothing has failed.
    expect(recorder.told).toEqual([])
  },
)

test('an access_token that is refused twice is not tried a third time', async () => {
  const wx = start()
  simulator.fail({ errcode: 42001 }, { path: PHONE_API, times: 5 })
  const error = await failureOf(wx.getPhoneNumber(simulator.mintPhoneCode(), alice()))
  expect(error).toMatchObject({ code: 'wechat_unavailable', wxErrcode: 42001 })
  expect(pathsAsked()).toEqual([TOKEN_API, PHONE_API, TOKEN_API, PHONE_API])
  expect(recorder.told).toMatchObject([{ type: 'wechat.refused', api: PHONE_API, ...origin }])
})

test('errcode 41001, a fault of our own, fetches no access_token', async () => {
  const wx = start()
  simulator.fail({ errcode: 41001 }, { path: PHONE_API })
  const error = await failureOf(wx.getPhoneNumber(simulator.mintPhoneCode(), alice()))
  expect(error.code).toBe('misconfigured')
  expect(pathsAsked()).toEqual([TOKEN_API, PHONE_API])
})

test('calls that fail by one access_token tell it once, by the API that refused it', async () => {
  const wx = start()
  simulator.fail({ errcode: 40125 }, { path: TOKEN_API })
  const asked = ['r-1', 'r-2', 'r-3'].map(requestId =>
    failureOf(wx.getPhoneNumber(simulator.mintPhoneCode(), { ...alice(), origin: { requestId } })),
  )
  for (const error of await Promise.all(asked)) expect(error.code).toBe('misconfigured')
  expect(pathsAsked()).toEqual([TOKEN_API])
  expect(recorder.told).toMatchObject([{ api: TOKEN_API, wxErrcode: 40125, requestId: 'r-1' }])
})

describe('one deadline', () => {
  const never = new Promise<never>(() => {})
  const token = { value: 'good', expiresAt: clock.ms + 7200_000 }
  const fake = (tokens: Partial<AccessTokens>, timeoutMs: number) =>
    createAuthorizedCall({
      accessTokens: { get: async () => token, replace: async () => token, ...tokens },
      timeoutMs,
      tellFailures: createTellFailures(recorder.events),
    })

  test('covers the access_token, the call and its repeat', async () => {
    const deadlines: Deadline[] = []
    const refused = async (_token: string, deadline: Deadline) => {
      deadlines.push(deadline)
      throw new WxRefused(40001, { errmsg: '', now: 0 })
    }
    await failureOf(fake({}, 60_000)(call, refused))
    expect(deadlines).toHaveLength(2)
    expect(deadlines[1]).toBe(deadlines[0])
    expect(deadlines[0]?.totalMs).toBe(60_000)
  })

  test.each<[string, Partial<AccessTokens>, number]>([
    ['the first access_token', { get: () => never }, 0],
    ['the second one', { replace: () => never }, 1],
  ])('ends the wait for %s', async (_which, tokens, calls) => {
    let sent = 0
    const error = await failureOf(
      fake(tokens, 50)(call, async () => {
        sent++
        throw new WxRefused(40001, { errmsg: '', now: 0 })
      }),
    )
    const failure = { code: 'wechat_unavailable', reason: 'no_access_token_in_time', sent: false }
    expect(error).toMatchObject(failure)
    expect(sent).toBe(calls)
    expect(recorder.told).toMatchObject([{ type: 'wechat.unreachable', api: PHONE_API, ...origin }])
  })

  test.each([
    ['less', 'not sent', 48_001, 0],
    ['more', 'sent', 47_000, 1],
  ])('with %s than a fifth of it left the code is %s', async (_part, _how, passedMs, calls) => {
    const { now } = performance
    let skippedMs = 0
    const clock = jest.spyOn(performance, 'now')
    clock.mockImplementation(() => now.call(performance) + skippedMs)
    const late = async () => {
      skippedMs = passedMs
      return token
    }
    let sent = 0
    const asked = fake({ get: late }, 60_000)(call, async () => void sent++)
    if (calls === 0) {
      expect(await failureOf(asked)).toMatchObject({ code: 'wechat_unavailable', sent: false })
    } else await asked
    expect(sent).toBe(calls)
  })
})

test.each(['reset', 'html500', 'truncated', 'never', 'redirect', 'badheader'] as const)(
  '%s: no error and no event shows the access_token, the AppSecret, the code or the number',
  async transport => {
    const wx = start(transport === 'never' ? 500 : undefined)
    simulator.fail({ transport }, { path: TOKEN_API })
    const first = await failureOf(wx.getAccessToken(appid))
    clock.advance(10)
    const { value } = await wx.getAccessToken(appid)
    const code = simulator.mintPhoneCode({ phoneNumber: '13877776666' })
    simulator.fail({ transport }, { path: PHONE_API })
    const second = await failureOf(wx.getPhoneNumber(code, alice()))
    const shown = [first, second].map(everythingIn).join() + recorder.text()
    for (const hidden of [secret, value, code, '13877776666', alice().openid]) {
      expect(shown).not.toContain(hidden)
    }
    expect(recorder.told).toMatchObject([{ api: TOKEN_API }, { api: PHONE_API }])
  },
)
