import type { LoginPlatform } from '../../src/login/platform'
import { createSimulator, SIMULATOR_APP } from '../../src/simulator/index'
import { Clock } from '../support/clock'
import { failureOf } from './failures'
import { createRecorder } from './recorder'
import { closeAll, startWx } from './start-wx'

const { appid, secret } = SIMULATOR_APP
const OTHER = { appid: 'wx1111111111111111', secret: 'f4c3b00c5117a7edf4c3b00c5117a7ed' }
const clock = new Clock()
const apps = { [appid]: secret, [OTHER.appid]: OTHER.secret }
const simulator = createSimulator({ apps, now: clock.now })
const recorder = createRecorder()

beforeAll(() => simulator.listen())
afterEach(closeAll)
afterAll(() => simulator.close())
beforeEach(() => {
  simulator.reset()
  recorder.forget()
})

/** The type check holds this line: what `wx/` makes is what `login/` asks for. */
function start(appids: readonly string[] = [appid]): LoginPlatform {
  const { events, log } = recorder
  const configured = new Map(appids.map(id => [id, [String(apps[id])]]))
  return startWx({ baseUrl: simulator.url, apps: configured, now: clock.now, events, log })
}

test('one object does all that a login platform must do', async () => {
  const platform = start()
  const origin = { requestId: 'r-1' }
  const asking = { appid, origin }
  const { openid, sessionKey = '' } = await platform.exchangeCode(simulator.mintCode(), asking)
  const user = { ...asking, openid }
  expect(openid).toBe(simulator.user('alice').openid)
  expect(await platform.checkSessionKey(sessionKey, user)).toBe(true)
  const number = await platform.getPhoneNumber(simulator.mintPhoneCode(), user)
  expect(number.phoneNumber).toMatch(/^\d+$/)
  const data = platform.readOpenData({ ...simulator.encryptUserInfo() })
  const keys = { appid, openid, sessionKeys: [sessionKey], now: clock.ms }
  expect(data.open(keys)).toMatchObject({ openId: openid })
  expect(await platform.resetSessionKey(sessionKey, user)).toEqual(expect.any(String))
  expect(await platform.getAccessToken(appid)).toMatchObject({
    appid,
    value: expect.stringMatching(/^SIM_/),
    expiresAt: expect.any(Number),
  })
  expect(recorder.told).toEqual([])
})

describe('the access_token of an app', () => {
  test('is given without a name where there is one app', async () => {
    expect(await start().getAccessToken(undefined)).toMatchObject({ appid })
  })

  test('wants a name where there are several', async () => {
    const platform = start([appid, OTHER.appid])
    const error = await failureOf(platform.getAccessToken(undefined))
    expect(error).toMatchObject({ code: 'invalid_request', field: 'appid' })
    expect(simulator.calls).toEqual([])
    const [mine, others] = [
      await platform.getAccessToken(appid),
      await platform.getAccessToken(OTHER.appid),
    ]
    expect([mine.appid, others.appid]).toEqual([appid, OTHER.appid])
    expect(mine.value).not.toBe(others.value)
  })

  test('is another one when WeChat has refused the present one', async () => {
    const platform = start()
    const { value } = await platform.getAccessToken(appid)
    simulator.killAccessToken()
    expect((await platform.getAccessToken(appid)).value).toBe(value)
    const next = await platform.getAccessToken(appid, { refused: value })
    expect(next.value).not.toBe(value)
    expect(await platform.getAccessToken(appid)).toEqual(next)
  })

  test('that cannot be had is told with the origin of who asked', async () => {
    simulator.fail({ errcode: 40164 })
    const origin = { requestId: 'r-9' }
    await failureOf(start().getAccessToken(appid, { origin }))
    expect(recorder.told).toMatchObject([{ type: 'wechat.refused', wxErrcode: 40164, ...origin }])
  })
})
