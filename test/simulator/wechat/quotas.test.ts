import { createQuotas } from '../../../src/simulator/wechat/quotas'
import { Clock } from '../../support/clock'

it.each([
  ['stableTokenMinute', 10_000],
  ['stableTokenDay', 500_000],
  ['forcedRefreshDay', 20],
  ['tokenDay', 2000],
  ['sessionKeyResetMinute', 60_000],
] as const)('%s is %d calls of one app, and leaves other apps alone', (name, limit) => {
  const quota = createQuotas(new Clock().now)[name]
  for (let call = 0; call < limit; call += 1) quota.take('wxa')
  expect([quota.take('wxa'), quota.take('wxb')]).toEqual([false, true])
})

it('WeChat’s day begins at midnight in Beijing', () => {
  const clock = new Clock()
  clock.ms = Date.UTC(2026, 0, 2, 15, 59, 59)
  const { forcedRefreshDay } = createQuotas(clock.now)
  for (let call = 0; call < 20; call += 1) forcedRefreshDay.take('wxa')
  expect(forcedRefreshDay.take('wxa')).toBe(false)
  clock.advance(1)
  expect(forcedRefreshDay.take('wxa')).toBe(true)
})
