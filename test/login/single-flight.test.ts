import { createSingleFlight } from '../../src/login/single-flight'

test('callers with one key share one outcome, and the key is free again after it', async () => {
  const flights = createSingleFlight<number>()
  let runs = 0
  const work = async () => ++runs
  expect(await Promise.all([flights.join('a', work), flights.join('a', work)])).toEqual([1, 1])
  expect(await flights.join('a', work)).toBe(2)
})

test('settled waits for all that is under way, also what failed, and says whether there was any', async () => {
  const flights = createSingleFlight<void>()
  expect(await flights.settled()).toBe(false)
  let done = false
  const fails = flights.join('a', async () => {
    await new Promise(resolve => setImmediate(resolve))
    done = true
    throw new Error('expected')
  })
  fails.catch(() => {})
  expect(await flights.settled()).toBe(true)
  expect(done).toBe(true)
  expect(await flights.settled()).toBe(false)
})
