import { setImmediate as nextTurn } from 'node:timers/promises'
import { createTurns, type Turns } from '../src/turns'

let clock: number
let turns: Turns

beforeEach(() => {
  clock = 0
  jest.spyOn(performance, 'now').mockImplementation(() => clock)
  turns = createTurns()
})
afterEach(() => {
  jest.restoreAllMocks()
})

/** Steps that note their number in `taken`, each after `ms` of work. */
const stepsInto = (taken: number[], count: number, ms = 0) =>
  Array.from({ length: count }, (_, index) => () => {
    clock += ms
    taken.push(index)
  })

/** How many steps each turn of the event loop took. */
async function perTurn(taken: number[], count: number): Promise<number[]> {
  const turnsTaken: number[] = []
  while (taken.length < count) {
    const before = taken.length
    await nextTurn()
    turnsTaken.push(taken.length - before)
  }
  return turnsTaken
}

test('while tokens are checked, a turn of the event loop takes one step, in order, and none is lost', async () => {
  turns.noteCheck()
  const taken: number[] = []
  turns.take(stepsInto(taken, 20, 1))
  expect(taken).toEqual([])
  expect(Math.max(...(await perTurn(taken, 20)))).toBe(1)
  expect(taken).toEqual([...Array(20).keys()])
})

test('steps may take as long as everything else did since the turn before, and no longer', async () => {
  turns.noteCheck()
  const taken: number[] = []
  turns.take(stepsInto(taken, 30, 2))
  clock += 20
  await nextTurn()
  expect(taken).toHaveLength(10)
  expect(Math.max(...(await perTurn(taken, 30)))).toBe(1)
})

test('whoever comes while others wait goes on behind them', async () => {
  turns.noteCheck()
  const gone: string[] = []
  const first = turns.next().then(() => gone.push('first'))
  turns.take([() => gone.push('second')])
  const third = turns.next().then(() => gone.push('third'))
  await nextTurn()
  expect(gone).toEqual(['first'])
  await Promise.all([first, third])
  expect(gone).toEqual(['first', 'second', 'third'])
})

test('where nobody has checked for a second, nobody waits', async () => {
  const taken: number[] = []
  turns.take(stepsInto(taken, 3))
  expect(taken).toEqual([0, 1, 2])
  turns.noteCheck()
  clock += 1001
  turns.take(stepsInto(taken, 3))
  expect(taken).toHaveLength(6)
  await turns.next()
})

test('when checks have ended, who waited still goes on before whoever comes', async () => {
  turns.noteCheck()
  const taken: number[] = []
  turns.take([() => taken.push(0), () => taken.push(1)])
  clock += 5000
  turns.take([() => taken.push(2)])
  expect(taken).toEqual([])
  await perTurn(taken, 3)
  expect(taken).toEqual([0, 1, 2])
})
