import { setImmediate as nextTurn } from 'node:timers/promises'
import { createTurns, type Turns } from '../../src/login/turns'

let clock: number
let turns: Turns
let gone: string[]

beforeEach(() => {
  clock = 0
  jest.spyOn(performance, 'now').mockImplementation(() => clock)
  turns = createTurns()
  gone = []
})
afterEach(() => {
  jest.restoreAllMocks()
})

/** Waits for its turn, then goes on with `ms` of work. */
async function go(name: string, kind: 'begin' | 'next' = 'next', ms = 0): Promise<void> {
  await turns[kind]()
  clock += ms
  gone.push(name)
}
const goAll = (count: number, ms = 0) =>
  Array.from({ length: count }, (_, index) => go(`${index}`, 'next', ms))
const names = (count: number) => Array.from({ length: count }, (_, index) => `${index}`)

test('while tokens are checked, a turn of the event loop takes one step, in order, and none is lost', async () => {
  turns.noteCheck()
  const all = goAll(20, 1)
  for (let turn = 0; turn < 20; turn++) {
    expect(gone).toHaveLength(turn)
    await nextTurn()
  }
  expect(gone).toEqual(names(20))
  await Promise.all(all)
})

test('steps take as long as everything else did since the turn before, and no longer', async () => {
  turns.noteCheck()
  const all = goAll(31, 2)
  await nextTurn()
  expect(gone).toHaveLength(1)
  clock += 20
  await nextTurn()
  expect(gone).toHaveLength(11)
  await nextTurn()
  expect(gone).toHaveLength(12)
  await Promise.all(all)
})

test('however long the others take, steps catch up with them within a few turns', async () => {
  turns.noteCheck()
  const all = goAll(500, 1)
  const perTurn: number[] = []
  for (let turn = 0; turn < 6; turn++) {
    const before = gone.length
    turns.noteCheck()
    clock += 100
    await nextTurn()
    perTurn.push(gone.length - before)
  }
  expect(perTurn).toEqual([1, 16, 32, 64, 100, 100])
  await Promise.all(all)
})

test('a login that has set out goes on before those who have not', async () => {
  turns.noteCheck()
  const all = [go('begins', 'begin'), go('begins, too', 'begin'), go('under way')]
  await Promise.all(all)
  expect(gone).toEqual(['under way', 'begins', 'begins, too'])
})

test('where nobody has checked for a second, nobody waits', async () => {
  const wentOn = async (kind: 'begin' | 'next') => {
    const before = gone.length
    const going = go(kind, kind)
    // Promises only, no turn of the event loop.
    for (let i = 0; i < 10; i++) await undefined
    const went = gone.length > before
    await going
    return went
  }
  expect([await wentOn('begin'), await wentOn('next')]).toEqual([true, true])
  turns.noteCheck()
  expect([await wentOn('begin'), await wentOn('next')]).toEqual([false, false])
  clock += 1001
  expect([await wentOn('begin'), await wentOn('next')]).toEqual([true, true])
})

test('once checks have ended, all who wait go on at once, in order', async () => {
  turns.noteCheck()
  const all = goAll(20)
  clock += 1001
  await nextTurn()
  expect(gone).toEqual(names(20))
  await Promise.all(all)
})

test('ten thousand logins may wait to set out; one more is overloaded, and those under way go on', async () => {
  turns.noteCheck()
  const all = Array.from({ length: 10_000 }, () => turns.begin())
  await expect(turns.begin()).rejects.toMatchObject({ code: 'overloaded', reason: 'login_queue' })
  await turns.next()
  clock += 1001
  await Promise.all(all)
})
