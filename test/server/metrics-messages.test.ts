import { isOfMetrics } from '../../src/server/metrics-messages'

test('other messages of the same channel are told apart', () => {
  expect(isOfMetrics({ metrics: 'gather', question: 1 })).toBe(true)
  for (const other of [null, undefined, 'text', 5, {}, { cmd: 'NODE_CLUSTER' }]) {
    expect(isOfMetrics(other)).toBe(false)
  }
})
