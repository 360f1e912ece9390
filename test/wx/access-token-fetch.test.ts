import { failed, failedLately, IDLE } from '../../src/wx/access-token-fetch'
import { WxRefused } from '../../src/wx/wx-refused'
import { WxUnreachable } from '../../src/wx/wx-unreachable'

const NOW = 1_700_000_000_000
const refused = (errcode: number) => new WxRefused(errcode, { errmsg: '', now: 30_000 })

test.each<[string, unknown, number]>([
  ['a refusal', refused(40125), 10_000],
  ['errcode -1', refused(-1), 2000],
  ['a used-up minute', refused(45011), 30_000],
  ['silence', new WxUnreachable('timeout', { sent: true, reason: 'deadline' }), 1000],
  ['a fault of our own', new Error('a bug'), 1000],
])('after %s WeChat is left alone for a while', (_what, error, pauseMs) => {
  const state = failed(error, NOW)
  expect(failedLately(state, NOW)).toBe(state)
  expect(failedLately(state, NOW + pauseMs - 1)).toBe(state)
  expect(failedLately(state, NOW + pauseMs)).toBeUndefined()
})

test('a clock that is set back ends the pause at once', () => {
  expect(failedLately(failed(refused(40125), NOW), NOW - 1)).toBeUndefined()
})

test('a fetch that is idle or under way has not failed', () => {
  expect(failedLately(IDLE, NOW)).toBeUndefined()
  const answer = Promise.resolve({ value: 'a', expiresAt: NOW })
  expect(failedLately({ kind: 'under-way', answer }, NOW)).toBeUndefined()
})
