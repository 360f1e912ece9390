import type { IncomingMessage } from 'node:http'
import { createReadCloudUser, hideWxHeaders } from '../../src/http/cloud-user'

const ENV = 'prod-0a1b2c3d4e'
const APPID = 'wx0000000000000000'
const OTHER = 'wx1111111111111111'
const OPENID = 'oABCDEFGHIJKLMNOPQRSTUVWXYZ1'
const VICTIM = 'oVICTIM_VICTIM_VICTIM_VICTIM'

const log = { warn: jest.fn() }
const read = createReadCloudUser({ cloudRunEnv: ENV, appids: new Set([APPID, OTHER]), log })

const GENUINE: Record<string, string> = {
  'X-WX-ENV': ENV,
  'X-WX-SOURCE': 'wx_client',
  'X-WX-OPENID': OPENID,
  'X-WX-APPID': APPID,
}
const SHARED: Record<string, string> = {
  'X-WX-ENV': ENV,
  'X-WX-SOURCE': 'wx_client',
  'X-WX-APPID': APPID,
  'X-WX-FROM-OPENID': OPENID,
  'X-WX-FROM-APPID': OTHER,
}

/** A request as Node makes it: of the headers that stand twice it joins the values. */
function withHeaders(...pairs: (readonly [string, string])[]): IncomingMessage {
  const headers: Record<string, string> = {}
  for (const [name, value] of pairs) {
    const key = name.toLowerCase()
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`
  }
  return { headers, rawHeaders: pairs.flat() } as unknown as IncomingMessage
}
const claim = (headers: Record<string, string>) => read(withHeaders(...Object.entries(headers)))

test('the gateway’s pair names the user, and the unionid where WeChat gives it', () => {
  expect(claim(GENUINE)).toEqual({ user: { appid: APPID, openid: OPENID } })
  expect(claim({ ...GENUINE, 'X-WX-UNIONID': 'u_12345678' })).toEqual({
    user: { appid: APPID, openid: OPENID, unionid: 'u_12345678' },
  })
})

test('under resource sharing the FROM pair does, and its unionid', () => {
  expect(claim(SHARED)).toEqual({ user: { appid: OTHER, openid: OPENID } })
  const all = { ...SHARED, 'X-WX-FROM-UNIONID': 'u_from_123', 'X-WX-UNIONID': 'u_of_owner' }
  expect(claim(all)).toEqual({ user: { appid: OTHER, openid: OPENID, unionid: 'u_from_123' } })
})

test.each([
  ['another env', { 'X-WX-ENV': 'prod-other' }, 'cloud_env'],
  ['no env', { 'X-WX-ENV': '' }, 'cloud_env'],
  ['no source', { 'X-WX-SOURCE': '' }, 'cloud_source'],
  ['no appid', { 'X-WX-APPID': '' }, 'cloud_appid'],
  ['an appid that is not ours', { 'X-WX-APPID': 'wx2222222222222222' }, 'cloud_appid'],
  ['an openid that is none', { 'X-WX-OPENID': "o' or 1=1 --" }, 'cloud_form'],
  ['an openid that is too long', { 'X-WX-OPENID': 'o'.repeat(65) }, 'cloud_form'],
  ['a unionid that is none', { 'X-WX-UNIONID': 'u u' }, 'cloud_form'],
  [
    'a FROM pair added by a client',
    { 'X-WX-FROM-OPENID': VICTIM, 'X-WX-FROM-APPID': OTHER },
    'cloud_conflict',
  ],
  ['half of a FROM pair', { 'X-WX-FROM-APPID': OTHER }, 'cloud_conflict'],
])('%s: nobody is believed, and the log hears why', (_, change, reason) => {
  expect(claim({ ...GENUINE, ...change })).toEqual({ reason })
})

test.each([
  ['of the app that owns the env', { 'X-WX-FROM-APPID': APPID }, 'cloud_conflict'],
  ['of an app that is not ours', { 'X-WX-FROM-APPID': 'wx2222222222222222' }, 'cloud_appid'],
  ['without its appid', { 'X-WX-FROM-APPID': '' }, 'cloud_appid'],
])('a FROM pair %s names nobody', (_, change, reason) => {
  expect(claim({ ...SHARED, ...change })).toEqual({ reason })
})

test.each([
  ...['X-WX-ENV', 'X-WX-SOURCE', 'X-WX-OPENID', 'X-WX-APPID', 'X-WX-UNIONID'],
  ...['X-WX-FROM-OPENID', 'X-WX-FROM-APPID', 'X-WX-FROM-UNIONID'],
])('%s twice, in any spelling and with any value, names nobody', name => {
  const pairs = Object.entries({ ...GENUINE, 'X-WX-UNIONID': 'u_12345678' })
  const value = GENUINE[name] ?? 'u_12345678'
  for (const twin of [value, '', VICTIM]) {
    for (const spelt of [name, name.toLowerCase()]) {
      const once = pairs.filter(([other]) => other !== name)
      for (const two of [[name, value] as const, [spelt, twin] as const].map((_, i, all) => [
        all[i],
        all[1 - i],
      ])) {
        const answer = read(withHeaders(...once, ...(two as [string, string][])))
        expect(answer).toEqual({ reason: 'cloud_twice' })
      }
    }
  }
})

test('a request that names no user says nothing, and nothing is wrong with it', () => {
  expect(claim({})).toEqual({ reason: undefined })
  expect(claim({ 'X-WX-ENV': ENV, 'X-WX-SOURCE': 'web' })).toEqual({ reason: undefined })
  expect(claim({ X_WX_OPENID: OPENID, 'X-WX-OPENID-': OPENID })).toEqual({ reason: undefined })
})

test('without the setting no header is looked at; with it the log says what that means', () => {
  const none = createReadCloudUser({ cloudRunEnv: undefined, appids: new Set([APPID]), log })
  expect(none(withHeaders(...Object.entries(GENUINE)))).toEqual({ reason: undefined })
  expect(log.warn.mock.calls).toEqual([
    [
      'cloud_gateway_believed',
      { setting: 'CLOUD_RUN_ENV', fix: expect.stringMatching(/公网访问/) },
    ],
  ])
})

test('what is not believed is taken off the request, raw headers too, and nothing else is', () => {
  const req = withHeaders(
    ['Host', 'x'],
    ['X-WX-OPENID', VICTIM],
    ['x-wx-unionid', 'u'],
    ['X-Wx-Source', 's'],
    ['X-WXY', 'kept'],
    ['Token', 'kept'],
  )
  hideWxHeaders(req)
  expect(req.headers).toEqual({ host: 'x', 'x-wxy': 'kept', token: 'kept' })
  expect(req.rawHeaders).toEqual(['Host', 'x', 'X-WXY', 'kept', 'Token', 'kept'])
})
