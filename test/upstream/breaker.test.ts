import {
  type Breaker,
  createBreaker,
  type Turn,
  type TurnOutcome,
} from '../../src/upstream/breaker'

let uptime: number
let changes: string[]
let breaker: Breaker
beforeEach(() => {
  uptime = 5000
  changes = []
  breaker = createBreaker({
    failures: 10,
    trialEveryMs: 1000,
    uptime: () => uptime,
    onOpen: () => void changes.push('open'),
    onClose: () => void changes.push('close'),
  })
})

function enter(): Turn {
  const turn = breaker.enter()
  if (!turn) throw new Error('refused')
  return turn
}
const settle = (times: number, outcome: TurnOutcome) => {
  for (let i = 0; i < times; i++) enter().settle(outcome)
}

test('ten failures in a row open it, and it says so once', () => {
  settle(9, 'failed')
  expect(breaker.isOpen()).toBe(false)
  const late = enter()
  settle(1, 'failed')
  expect(breaker.isOpen()).toBe(true)
  expect(breaker.enter()).toBeUndefined()
  late.settle('failed')
  expect(changes).toEqual(['open'])
})

test('an answer ends the row, and a turn that asked nobody neither ends nor lengthens it', () => {
  settle(9, 'failed')
  settle(1, 'answered')
  settle(9, 'failed')
  settle(5, 'unasked')
  expect(breaker.isOpen()).toBe(false)
  settle(1, 'failed')
  expect(breaker.isOpen()).toBe(true)
})

test('while it is open one caller a second tries, whether or not the last one is back', () => {
  settle(10, 'failed')
  uptime += 999
  expect(breaker.enter()).toBeUndefined()
  for (let second = 0; second < 3; second++) {
    uptime += second === 0 ? 1 : 1000
    const turns = Array.from({ length: 50 }, () => breaker.enter())
    expect(turns.filter(turn => turn !== undefined)).toHaveLength(1)
  }
})

test('the answer to a trial lets everybody in, and a failure leaves it open', () => {
  settle(10, 'failed')
  uptime += 1000
  settle(1, 'failed')
  expect(breaker.isOpen()).toBe(true)
  uptime += 1000
  settle(1, 'answered')
  expect(breaker.isOpen()).toBe(false)
  expect(changes).toEqual(['open', 'close'])
})

test('a trial that asked nobody leaves the try to the next caller, at once', () => {
  settle(10, 'failed')
  uptime += 1000
  settle(1, 'unasked')
  expect(breaker.enter()).toBeDefined()
  expect(breaker.enter()).toBeUndefined()
})

test('calls that hang since before it closed do not open it again', () => {
  const hanging = Array.from({ length: 20 }, enter)
  settle(10, 'failed')
  uptime += 1000
  settle(1, 'answered')
  for (const turn of hanging) turn.settle('failed')
  expect(breaker.isOpen()).toBe(false)
})

test('a turn that was given before it opened does not hold any more', () => {
  const before = enter()
  expect(before.holds()).toBe(true)
  settle(10, 'failed')
  expect(before.holds()).toBe(false)
})

test('only the first outcome of a turn counts', () => {
  settle(9, 'failed')
  const turn = enter()
  turn.settle('unasked')
  turn.settle('failed')
  expect(breaker.isOpen()).toBe(false)
})

test('its time is the uptime of the machine: no clock that is set back keeps it open', () => {
  const real = createBreaker({ failures: 1, trialEveryMs: 0, onOpen() {}, onClose() {} })
  real.enter()?.settle('failed')
  expect(real.isOpen()).toBe(true)
  jest.spyOn(Date, 'now').mockReturnValue(0)
  expect(real.enter()).toBeDefined()
  jest.restoreAllMocks()
})
