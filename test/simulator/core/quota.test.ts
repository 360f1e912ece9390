import { createQuota, DAY_MS, MINUTE_MS } from '../../../src/simulator/core/quota'
import { Clock } from '../../support/clock'

it('each caller has a share of its own; a refused call is not counted', () => {
  const clock = new Clock()
  const quota = createQuota({ limit: 2, windowMs: MINUTE_MS, utcOffsetMs: 0, now: clock.now })
  expect(['a', 'a', 'a', 'a', 'b'].map(quota.take)).toEqual([true, true, false, false, true])
  clock.advance(60)
  expect(['a', 'a', 'a'].map(quota.take)).toEqual([true, true, false])
})

it('the share is new with the calendar, not one window after the first call', () => {
  const clock = new Clock()
  clock.ms = Date.UTC(2026, 0, 2, 3, 4, 59)
  const quota = createQuota({ limit: 1, windowMs: MINUTE_MS, utcOffsetMs: 0, now: clock.now })
  expect([quota.take('a'), quota.take('a')]).toEqual([true, false])
  clock.advance(1)
  expect(quota.take('a')).toBe(true)
})

it('the day begins at the platform’s midnight', () => {
  const clock = new Clock()
  clock.ms = Date.UTC(2026, 0, 2, 15, 59, 59)
  const utcOffsetMs = 8 * 60 * MINUTE_MS
  const quota = createQuota({ limit: 1, windowMs: DAY_MS, utcOffsetMs, now: clock.now })
  expect([quota.take('a'), quota.take('a')]).toEqual([true, false])
  clock.advance(1)
  expect(quota.take('a')).toBe(true)
})

it('a quota that is forgotten is whole again', () => {
  const quota = createQuota({ limit: 1, windowMs: DAY_MS, utcOffsetMs: 0, now: () => 0 })
  quota.take('a')
  quota.forget()
  expect(quota.take('a')).toBe(true)
})
