import { Board, byName, combine, Histogram } from '../../../src/observe/metrics/cells'

test('a duration falls below the first bound that is not smaller', () => {
  const histogram = new Histogram([0.1, 1])
  for (const seconds of [0, 0.1, 0.100001, 1, 1.5]) histogram.observe(seconds)
  expect(histogram.counts).toEqual([2, 2, 1])
  expect(histogram.sum).toBeCloseTo(2.700001)
})

test('a name outside of the table is counted as other, whatever it is', () => {
  const made: string[] = []
  const cells = byName(['a', 'b'], name => {
    made.push(name)
    return { value: 0 }
  })
  for (const name of ['a', 'x', '__proto__', 'constructor', 'other']) cells(name).value++
  expect(made).toEqual(['a', 'b', 'other'])
  expect(['a', 'b', 'other'].map(name => cells(name).value)).toEqual([1, 0, 4])
})

function countingBoard() {
  const board = new Board()
  const logins = board.counter('logins', 'x')({})
  let isOpen = 0
  board.gauge('open', 'x')({}, () => isOpen)
  const took = board.histogram('took', 'x', [1])({})
  return {
    board,
    logins,
    took,
    open: () => {
      isOpen = 1
    },
  }
}

test('a snapshot holds every number, all of them zero before anything happened', () => {
  const { board, logins, took, open } = countingBoard()
  expect(board.snapshot()).toEqual({ sums: [0, 0, 0, 0], levels: [0] })
  logins.value++
  took.observe(0.5)
  open()
  expect(board.snapshot()).toEqual({ sums: [1, 1, 0, 0.5], levels: [1] })
})

test('of several processes counts are added, and a breaker is open where any of them has it open', () => {
  const [one, other] = [countingBoard(), countingBoard()]
  one.logins.value += 3
  other.logins.value += 4
  other.open()
  const both = combine([one.board.snapshot(), other.board.snapshot()])
  expect(both).toEqual({ sums: [7, 0, 0, 0], levels: [1] })
})

test('a process that has not told anything adds nothing', () => {
  const { board, logins } = countingBoard()
  logins.value++
  const snapshot = board.snapshot()
  expect(combine([{ sums: [], levels: [] }, snapshot])).toEqual(snapshot)
})
