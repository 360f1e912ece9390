import { register } from 'prom-client'
import { Board } from '../../../src/observe/metrics/cells'
import { printMetrics } from '../../../src/observe/metrics/prometheus'
import { readMetrics } from '../../support/metrics'

function aBoard() {
  const board = new Board()
  const counter = board.counter('a_total', 'What a counts.')
  const cells = [counter({ x: '1' }), counter({ x: '2' })] as const
  const histogram = board.histogram('b_seconds', 'What b took.', [0.1, 1])({ y: 'z' })
  board.gauge('c', 'What c is.')({}, () => 1)
  return { board, cells, histogram }
}

test('numbers are printed under the names and labels of their series', async () => {
  const { board, cells, histogram } = aBoard()
  cells[1].value = 5
  for (const seconds of [0.05, 0.5, 0.25, 7]) histogram.observe(seconds)
  const text = await printMetrics(board.families, board.snapshot())
  expect(text).toContain('# HELP a_total What a counts.\n# TYPE a_total counter\n')
  expect(Object.fromEntries(readMetrics(text))).toEqual({
    'a_total{x="1"}': 0,
    'a_total{x="2"}': 5,
    'b_seconds_bucket{y="z",le="0.1"}': 1,
    'b_seconds_bucket{y="z",le="1"}': 3,
    'b_seconds_bucket{y="z",le="+Inf"}': 4,
    'b_seconds_sum{y="z"}': 7.8,
    'b_seconds_count{y="z"}': 4,
    c: 1,
  })
})

test('scrapes that overlap do not mix their numbers', async () => {
  const { board, cells } = aBoard()
  const first = printMetrics(board.families, board.snapshot())
  cells[0].value = 1
  const second = printMetrics(board.families, board.snapshot())
  expect(readMetrics(await first).get('a_total{x="1"}')).toBe(0)
  expect(readMetrics(await second).get('a_total{x="1"}')).toBe(1)
})

test('the registry of a host that uses prom-client itself is not touched', async () => {
  const { board } = aBoard()
  await printMetrics(board.families, board.snapshot())
  expect(register.getMetricsAsArray()).toEqual([])
})
