import type { Origin } from '../../src/events'
import { createSingleFlight, type SharedWork } from '../../src/login/single-flight'

/** Work that tells nothing. */
const quiet = <T>(work: () => Promise<T>): SharedWork<T> => ({ work, tell: (_, run) => run() })
const caller = (requestId: string): Origin => ({ requestId })

test('callers with one key share one outcome, and the key is free again after it', async () => {
  const flights = createSingleFlight<number>()
  let runs = 0
  const join = () =>
    flights.join(
      'a',
      {},
      quiet(async () => ++runs),
    )
  expect(await Promise.all([join(), join()])).toEqual([1, 1])
  expect(await join()).toBe(2)
})

test('callers with different keys share nothing', async () => {
  const flights = createSingleFlight<string>()
  const join = (key: string) =>
    flights.join(
      key,
      {},
      quiet(async () => key),
    )
  expect(await Promise.all([join('a'), join('b')])).toEqual(['a', 'b'])
})

test('one caller tells of the work, after it, with the origins of all others', async () => {
  const flights = createSingleFlight<string>()
  const told: unknown[] = []
  const shared: SharedWork<string> = {
    async work() {
      await new Promise(resolve => setImmediate(resolve))
      return 'done'
    },
    async tell(sharers, work) {
      const answer = await work()
      told.push([answer, sharers.map(({ requestId }) => requestId)])
      return answer
    },
  }
  const joined = [flights.join('a', caller('first'), shared)]
  joined.push(flights.join('a', caller('second'), shared))
  joined.push(flights.join('a', caller('third'), shared))
  await Promise.all(joined)
  expect(told).toEqual([['done', ['second', 'third']]])
})

test('a failure reaches all who share it, is told once, and frees the key', async () => {
  const flights = createSingleFlight<string>()
  let told = 0
  const shared: SharedWork<string> = {
    work: () => Promise.reject(new Error('expected')),
    tell: (_, work) => work().finally(() => told++),
  }
  const outcomes = await Promise.allSettled([
    flights.join('a', {}, shared),
    flights.join('a', {}, shared),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(told).toBe(1)
  expect(
    await flights.join(
      'a',
      {},
      quiet(async () => 'again'),
    ),
  ).toBe('again')
})

test('settled waits for all that is under way, also for what fails, and says whether there was any', async () => {
  const flights = createSingleFlight<void>()
  expect(await flights.settled()).toBe(false)
  let done = false
  const fails = flights.join(
    'a',
    {},
    quiet<void>(async () => {
      await new Promise(resolve => setImmediate(resolve))
      done = true
      throw new Error('expected')
    }),
  )
  fails.catch(() => {})
  expect(await flights.settled()).toBe(true)
  expect(done).toBe(true)
  expect(await flights.settled()).toBe(false)
})
