import type { IncomingMessage } from 'node:http'
import { createRateLimit } from '../../src/http/rate-limit'
import { createMemoryStore } from '../../src/store/memory'
import { Clock } from '../support/clock'

const from = (ip: string) => ({ ip }) as unknown as IncomingMessage

test('two instances that share a store let ten pass together, not each', async () => {
  const { now } = new Clock()
  const shared = createMemoryStore()
  const limits = [1, 2].map(() => createRateLimit({ name: 'login', perMinute: 10, shared, now }))
  const calls = Array.from({ length: 100 }, (_, i) => limits[i % 2]?.(from('203.0.113.1')))
  const outcomes = await Promise.allSettled(calls)
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'rate_limited', retryAfter: 60 },
  })
})

test('a store that is down leaves the limit of the process, not none and not a failure', async () => {
  const shared = { countCall: () => Promise.reject(new Error('down')) }
  const limit = createRateLimit({ name: 'login', perMinute: 10, shared, now: Date.now })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 30 }, () => limit(from('203.0.113.1'))),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
})

test('no address rests in the store', async () => {
  const keys: string[] = []
  const shared = {
    async countCall(key: string) {
      keys.push(key)
      return { count: 1, endsAt: 0 }
    },
  }
  await createRateLimit({ name: 'login', perMinute: 10, shared, now: Date.now })(
    from('203.0.113.77'),
  )
  expect(keys).toEqual([expect.stringMatching(/^[\w-]{22}$/)])
})
