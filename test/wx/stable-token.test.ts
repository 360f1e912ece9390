import { createSimulator, SIMULATOR_APP } from '../../src/simulator/index'
import { AppSecrets } from '../../src/wx/app-secrets'
import { createStableToken } from '../../src/wx/stable-token'
import { createTellFailures } from '../../src/wx/tell-failures'
import { Clock } from '../support/clock'
import { failureOf } from './failures'
import { createRecorder } from './recorder'
import { closeAll, startAnswering, startClient } from './start-wx'

const { appid, secret } = SIMULATOR_APP
const asking = { appid, origin: { requestId: 'r-1' } }
const API = '/cgi-bin/stable_token'
const clock = new Clock()
const simulator = createSimulator({ now: clock.now })
const recorder = createRecorder()

beforeAll(() => simulator.listen())
afterEach(closeAll)
afterAll(() => simulator.close())
beforeEach(() => {
  simulator.reset()
  recorder.forget()
})

function start(baseUrl = simulator.url, secrets: readonly string[] = [secret]) {
  const { events, log } = recorder
  return createStableToken({
    client: startClient(baseUrl),
    secrets: new AppSecrets({ apps: new Map([[appid, secrets]]), timeoutMs: 15_000, log }),
    tellFailures: createTellFailures(events),
    now: clock.now,
  })
}

test('asks with a JSON body and never forces a refresh', async () => {
  const { value, expiresAt } = await start()(asking)
  expect(value).toMatch(/^SIM_/)
  expect(expiresAt).toBeGreaterThan(clock.ms)
  expect(expiresAt).toBeLessThanOrEqual(clock.ms + 7200_000)
  const [call] = simulator.calls
  expect(call).toMatchObject({ method: 'POST', path: API, query: [] })
  expect(JSON.parse(String(call?.body))).toEqual({
    grant_type: 'client_credential',
    appid,
    secret,
    force_refresh: false,
  })
})

test('its life is counted from when it was asked for, not from when the answer came', async () => {
  const fetchToken = start(await startAnswering(() => ({})))
  const begun = clock.ms
  const answer = fetchToken(asking)
  clock.advance(100)
  expect((await answer).expiresAt).toBe(begun + 7200_000)
})

test('around a reset of the AppSecret it is fetched with the one that WeChat takes', async () => {
  const fetchToken = start(simulator.url, ['0123456789abcdef0123456789abcdef', secret])
  expect((await fetchToken(asking)).value).toMatch(/^SIM_/)
  expect(simulator.calls.map(({ errcode }) => errcode)).toEqual([40125, undefined])
})

test.each([
  'noaccesstoken',
  'accesstokenempty',
  'noexpiresin',
  'emptyobject',
  'null',
  'empty',
] as const)('an answer that is %s gives none', async transport => {
  simulator.fail({ transport }, { path: API })
  expect((await failureOf(start()(asking))).code).toBe('wechat_bad_answer')
})

test.each([
  [40001, 'misconfigured'],
  [40125, 'misconfigured'],
  [40164, 'misconfigured'],
  [89503, 'misconfigured'],
  [89507, 'misconfigured'],
  [45009, 'wechat_quota'],
  [-1, 'wechat_unavailable'],
])('errcode %d is %s, and is told', async (errcode, code) => {
  simulator.fail({ errcode }, { path: API })
  expect(await failureOf(start()(asking))).toMatchObject({ code, wxErrcode: errcode })
  expect(recorder.told).toMatchObject([
    { type: 'wechat.refused', api: API, appid, error: code, requestId: 'r-1' },
  ])
})
