import { createMovingClock } from '../../src/playground/moving-clock'

test('the clock goes with the machine’s until somebody puts it forward', () => {
  jest.useFakeTimers({ now: 1000 })
  const clock = createMovingClock()
  expect([clock.now(), clock.aheadSeconds]).toEqual([1000, 0])
  clock.forward(360)
  clock.forward(60)
  jest.setSystemTime(2000)
  expect([clock.now(), clock.aheadSeconds]).toEqual([422_000, 420])
  jest.useRealTimers()
})

test.each([0, -60, 1.5, Number.NaN, '60'])('it does not go by %p seconds', seconds => {
  const clock = createMovingClock()
  expect(() => clock.forward(seconds as number)).toThrow('"seconds"')
  expect(clock.aheadSeconds).toBe(0)
})

test('it goes a day ahead at the most', () => {
  const clock = createMovingClock()
  clock.forward(86_400)
  expect(() => clock.forward(1)).toThrow('a day ahead')
  expect(clock.aheadSeconds).toBe(86_400)
})
