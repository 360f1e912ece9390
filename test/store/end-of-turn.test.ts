import { createEndOfTurn } from '../../src/store/end-of-turn'

test('calls of one turn of the event loop share one wait, and the next turn has its own', async () => {
  const endOfTurn = createEndOfTurn()
  const first = endOfTurn()
  expect(endOfTurn()).toBe(first)
  await first
  expect(endOfTurn()).not.toBe(first)
})

test('it waits for what is read from sockets in this turn', async () => {
  const endOfTurn = createEndOfTurn()
  const order: string[] = []
  setImmediate(() => order.push('read'))
  await endOfTurn()
  expect(order).toEqual(['read'])
})
