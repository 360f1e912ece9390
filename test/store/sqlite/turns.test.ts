import { setImmediate as nextTurn } from 'node:timers/promises'
import { createTurns } from '../../../src/store/sqlite/turns'

afterEach(() => {
  jest.restoreAllMocks()
})

/** Answers that note their number in `given`. */
const answersInto = (given: number[], count: number) =>
  Array.from({ length: count }, (_, index) => () => {
    given.push(index)
  })

test('a few answers are given in each turn of the event loop, in order, and none is lost', async () => {
  jest.spyOn(performance, 'now').mockReturnValue(0)
  const given: number[] = []
  createTurns().add(answersInto(given, 20))
  const perTurn = [given.length]
  while (given.length < 20) {
    const before = given.length
    await nextTurn()
    perTurn.push(given.length - before)
  }
  expect(Math.max(...perTurn)).toBe(2)
  expect(given).toEqual([...Array(20).keys()])
})

test('answers that come while others wait take their place behind them', async () => {
  const given: string[] = []
  const turns = createTurns()
  turns.add(['a', 'b', 'c', 'd'].map(name => () => given.push(name)))
  turns.add([() => given.push('e')])
  expect(given).toEqual(['a', 'b'])
  await nextTurn()
  await nextTurn()
  await nextTurn()
  expect(given).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('a long backlog is given in larger shares: it is more than halved within a dozen turns', async () => {
  jest.spyOn(performance, 'now').mockReturnValue(0)
  const given: number[] = []
  createTurns().add(answersInto(given, 1600))
  expect(given).toHaveLength(100)
  for (let turn = 0; turn < 12; turn++) await nextTurn()
  expect(given.length).toBeGreaterThan(800)
  expect(given).toEqual([...given.keys()])
})

test('after a turn that others made long, more are given: they are not starved', async () => {
  const given: number[] = []
  createTurns().add(answersInto(given, 100))
  const end = performance.now() + 20
  while (performance.now() < end);
  await nextTurn()
  expect(given.length).toBeGreaterThanOrEqual(40)
})

test('finished, all that wait are given at once, and later ones still come', async () => {
  const given: number[] = []
  const turns = createTurns()
  turns.add(answersInto(given, 10))
  turns.finish()
  expect(given).toEqual([...Array(10).keys()])
  await nextTurn()
  turns.add([() => given.push(10)])
  await nextTurn()
  expect(given).toHaveLength(11)
})
