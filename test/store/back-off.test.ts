import { backOff } from '../../src/store/back-off'

const pausesAfter = (failures: number) => Array.from({ length: 200 }, () => backOff(failures))

test.each([
  [0, 16, 32],
  [1, 32, 64],
  [4, 256, 512],
  [10, 500, 1000],
  [10_000, 500, 1000],
])('after %i failures the pause is random between %i and %i ms', (failures, from, to) => {
  const pauses = pausesAfter(failures)
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(from)
  expect(Math.max(...pauses)).toBeLessThan(to)
  expect(new Set(pauses).size).toBeGreaterThan(5)
})
