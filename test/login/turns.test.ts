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

/** Waits for its turn, then goes on. */
async function go(name: string, kind: 'begin' | 'next' = 'next'): Promise<void> {
  await turns[kind]()
  gone.push(name)
}
const goAll = (count: number) => Array.from({ length: count }, (_, index) => go(`${index}`))
const names = (count: number) => Array.from({ length: count }, (_, index) => `${index}`)
const check = (times: number) => {
  for (let i = 0; i < times; i++) turns.noteCheck()
}
/** How many went on in the next turn of the event loop. */
async function turn(): Promise<number> {
  const before = gone.length
  await nextTurn()
  return gone.length - before
}

test('while tokens are checked, a turn of the event loop takes one step, in order, and none is lost', async () => {
  turns.noteCheck()
  const all = goAll(7)
  for (let i = 0; i < 7; i++) expect(await turn()).toBe(1)
  expect(gone).toEqual(names(7))
  await Promise.all(all)
})

test('a turn takes one step more for every two checks since the turn before', async () => {
  turns.noteCheck()
  const all = goAll(7)
  for (const [checks, steps] of [
    [1, 1],
    [2, 2],
    [0, 1],
    [5, 3],
  ] as const) {
    check(checks)
    expect(await turn()).toBe(steps)
  }
  await Promise.all(all)
})

test('checks made while nobody waited count for nothing later', async () => {
  check(1000)
  await nextTurn()
  const all = goAll(7)
  expect(await turn()).toBe(1)
  await Promise.all(all)
})

test('a turn takes one step more for every eight that wait, so that a queue empties by itself', async () => {
  turns.noteCheck()
  const all = goAll(50)
  const perTurn: number[] = []
  for (let i = 0; i < 7; i++) perTurn.push(await turn())
  // Of 50, 43, 37, 32, 27, 23 and 20.
  expect(perTurn).toEqual([7, 6, 5, 5, 4, 3, 3])
  await Promise.all(all)
  expect(gone).toEqual(names(50))
})

test('a flood of logins takes 16 steps more in a turn, and not as many as wait', async () => {
  turns.noteCheck()
  const all = goAll(5000)
  for (let i = 0; i < 10; i++) expect(await turn()).toBe(17)
  turns.noteCheck()
  check(10)
  expect(await turn()).toBe(22)
  await Promise.all(all)
})

test('however long a turn took, the next takes no more steps for it', async () => {
  turns.noteCheck()
  const all = goAll(7)
  for (let i = 0; i < 3; i++) {
    clock += 300
    expect(await turn()).toBe(1)
  }
  turns.noteCheck()
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
  expect([await turn(), await turn()]).toEqual([3, 17])
  expect(gone).toEqual(names(20))
  await Promise.all(all)
})

test('after a pause of the whole process, checks that come then still go first', async () => {
  turns.noteCheck()
  const all = goAll(6)
  clock += 5000
  expect(await turn()).toBe(1)
  turns.noteCheck()
  expect([await turn(), await turn()]).toEqual([1, 1])
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
