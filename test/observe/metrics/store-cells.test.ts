import { LoginError } from '../../../src/errors'
import { Board } from '../../../src/observe/metrics/cells'
import { printMetrics } from '../../../src/observe/metrics/prometheus'
import { createStoreCells } from '../../../src/observe/metrics/store-cells'
import type { Store } from '../../../src/store/contract/store'
import { createMemoryStore } from '../../../src/store/memory/memory-store'
import { moved, readMetrics } from '../../support/metrics'

const KINDS = { database: 'postgres', shared: 'redis' }

function counting(inner: Store = createMemoryStore()) {
  const board = new Board()
  const store = createStoreCells(board, KINDS)(inner)
  const scrape = async () => readMetrics(await printMetrics(board.families, board.snapshot()))
  return { store, scrape }
}

const series = (store: string, operation: string, outcome: string) => ({
  [`store_operations_total{store="${store}",operation="${operation}",outcome="${outcome}"}`]: 1,
  [`store_operation_duration_seconds_count{store="${store}",operation="${operation}"}`]: 1,
})

test('an operation is counted for the store that does it: shared things apart from users', async () => {
  const { store, scrape } = counting()
  const before = await scrape()
  await store.values.write('name', 'value', { now: 0, expiresAt: 9 })
  expect(await store.values.read('name', 1)).toBe('value')
  expect(await store.users.find('nobody')).toBeUndefined()
  await store.ping()
  expect(moved(before, await scrape())).toEqual({
    ...series('redis', 'values.write', 'success'),
    ...series('redis', 'values.read', 'success'),
    ...series('postgres', 'users.find', 'success'),
    ...series('postgres', 'ping', 'success'),
  })
})

test('a failure is counted, and reaches the caller as it was', async () => {
  const down = new LoginError('store_unavailable')
  const inner = createMemoryStore()
  inner.sessions.find = async () => {
    throw down
  }
  const { store, scrape } = counting(inner)
  const before = await scrape()
  await expect(store.sessions.find({ id: 'a', userId: 'b' })).rejects.toBe(down)
  expect(moved(before, await scrape())).toEqual(series('redis', 'sessions.find', 'failed'))
})

test('the caller waits for the store alone: it gets the promise of the store itself', () => {
  const inner = createMemoryStore()
  const answer = Promise.resolve(undefined)
  inner.sessions.find = () => answer
  expect(counting(inner).store.sessions.find({ id: 'a', userId: 'b' })).toBe(answer)
})

test('no operation of the contract is left out', () => {
  const inner = createMemoryStore()
  const { store } = counting(inner)
  for (const part of ['codes', 'sessions', 'counters', 'values', 'proofs'] as const) {
    const names = Object.keys(store[part])
    expect(names.filter(name => !(name in inner[part]))).toEqual([])
    expect(names).not.toEqual([])
  }
})
