import {
  isAppSecretRefusal,
  isSessionKeyRefusal,
  isTokenRefusal,
  WxRefused,
} from '../../src/wx/wx-refused'
import { unusable } from '../../src/wx/wx-unreachable'

const refused = (errcode: number, options: { errmsg?: unknown; now?: number } = {}) =>
  new WxRefused(errcode, { errmsg: '', now: 0, ...options })

const OF_THE_OPERATOR = [
  40001, 40002, 40013, 40097, 40125, 40164, 40243, 41001, 41002, 41004, 41008, 43002, 44002, 47001,
  48001, 48004, 50002, 50004, 50007, 87008, 89503, 89506, 89507,
]

test.each<[number, string, number]>([
  [-1, 'wechat_unavailable', 503],
  [40014, 'wechat_unavailable', 503],
  [42001, 'wechat_unavailable', 503],
  [40029, 'code_invalid', 400],
  [42003, 'code_invalid', 400],
  [40163, 'code_used', 400],
  [40226, 'user_blocked', 403],
  [45009, 'wechat_quota', 503],
  [45011, 'wechat_quota', 503],
  [99999, 'wechat_bad_answer', 502],
  ...OF_THE_OPERATOR.map((errcode): [number, string, number] => [errcode, 'misconfigured', 500]),
])('errcode %d is %s', (errcode, code, status) => {
  expect(refused(errcode)).toMatchObject({ code, status, wxErrcode: errcode, reason: 'errcode' })
})

test('an API may give an errcode another meaning', () => {
  const special = { 40013: { code: 'code_invalid' as const } }
  expect(new WxRefused(40013, { errmsg: '', now: 0, special }).code).toBe('code_invalid')
})

test.each<[unknown, string | undefined]>([
  ['invalid code, rid: 66c69111-4157f271-729ca238', '66c69111-4157f271-729ca238'],
  ['invalid code hint: [x] rid: 66c69111-4157f271-729ca238', '66c69111-4157f271-729ca238'],
  ['invalid code, hints: [ req_id: abc ]', undefined],
  ['rid: 66C69111-4157f271-729ca238', undefined],
  ['invalid ip 10.0.0.1, not in whitelist', undefined],
  [undefined, undefined],
  [{ rid: '66c69111-4157f271-729ca238' }, undefined],
])('of the errmsg %p only the rid is taken', (errmsg, rid) => {
  const error = refused(40164, { errmsg })
  expect(error.wxRid).toBe(rid)
  expect(JSON.stringify({ ...error, message: error.message })).not.toContain('10.0.0.1')
})

test.each([
  [20_000, 40],
  [59_000, 1],
  [0, 60],
  [20_004, 44],
])(
  'a used-up minute at %d ms says how many seconds are left of it, and up to 4 more',
  (ms, seconds) => {
    expect(refused(45011, { now: Date.UTC(2026, 0, 2, 3, 4, 0) + ms }).retryAfter).toBe(seconds)
  },
)

test('which part of the request WeChat refused is told by the errcode', () => {
  const all = [-1, 40001, 40014, 40029, 40125, 42001, 87007, 87008, 87009]
  const those = (is: (error: unknown) => boolean) => all.filter(errcode => is(refused(errcode)))
  expect(those(isTokenRefusal)).toEqual([40001, 40014, 42001])
  expect(those(isSessionKeyRefusal)).toEqual([87007, 87009])
  expect(those(isAppSecretRefusal)).toEqual([40125])
  for (const error of [unusable('x'), new Error('40001'), undefined]) {
    expect(isTokenRefusal(error)).toBe(false)
    expect(isSessionKeyRefusal(error)).toBe(false)
    expect(isAppSecretRefusal(error)).toBe(false)
  }
})
