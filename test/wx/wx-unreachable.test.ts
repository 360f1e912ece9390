import { LoginError } from '../../src/errors'
import { unusable, WxUnreachable } from '../../src/wx/wx-unreachable'

test.each([
  ['unavailable', 'wechat_unavailable', 503],
  ['timeout', 'wechat_timeout', 504],
  ['bad_answer', 'wechat_bad_answer', 502],
  ['quota', 'wechat_quota', 503],
] as const)('what is %s upstream is %s of ours', (kind, code, status) => {
  const error = new WxUnreachable(kind, { sent: false, reason: 'why' })
  expect(error).toBeInstanceOf(LoginError)
  expect(error).toMatchObject({ name: 'WxUnreachable', code, status, sent: false, reason: 'why' })
})

test('it tells whether the request may have reached WeChat: then a code in it may be spent', () => {
  const sentOf = (sent: boolean) => new WxUnreachable('timeout', { sent, reason: 'why' }).sent
  expect([sentOf(true), sentOf(false)]).toEqual([true, false])
})

test('a figure of WeChat’s own for another try goes before ours', () => {
  const retryAfterOf = (retryAfter?: number) =>
    new WxUnreachable('unavailable', {
      ...{ sent: false, reason: 'why' },
      ...(retryAfter !== undefined && { retryAfter }),
    }).retryAfter
  expect([retryAfterOf(), retryAfterOf(30)]).toEqual([2, 30])
})

test('an answer that cannot be used had reached WeChat', () => {
  expect(unusable('no openid')).toMatchObject({
    code: 'wechat_bad_answer',
    sent: true,
    reason: 'no openid',
  })
})
