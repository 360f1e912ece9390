import type { IncomingMessage } from 'node:http'
import { LoginError } from '../../src/errors'
import { createRateLimit } from '../../src/http/rate-limit'
import type { Counters } from '../../src/store/contract/counters'
import { createMemoryStore } from '../../src/store/memory/memory-store'
import { Clock } from '../support/clock'
import { DATA_KEYS } from '../support/data-keys'

const request = (ip: string) => ({ ip, headers: {} }) as unknown as IncomingMessage
const { now } = new Clock()

function limitOf(counters: Counters, counterMs = 100) {
  return createRateLimit({
    name: 'login',
    perMinute: 10,
    callerOf: req => String((req as { ip?: string }).ip),
    shared: { counters },
    dataKeys: DATA_KEYS,
    patience: { counterMs },
    now,
  })
}

test('two instances that share a store let ten pass together, not each', async () => {
  const { counters } = createMemoryStore()
  const limits = [limitOf(counters), limitOf(counters)]
  const calls = Array.from({ length: 100 }, (_, i) => limits[i % 2]?.(request('203.0.113.1')))
  const outcomes = await Promise.allSettled(calls)
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'rate_limited', reason: 'login', retryAfter: 60 },
  })
})

test('a store that is down leaves the limit of the process, not none and not a failure', async () => {
  const limit = limitOf({ count: () => Promise.reject(new Error('down')) }, 60_000)
  const outcomes = await Promise.allSettled(
    Array.from({ length: 30 }, () => limit(request('203.0.113.1'))),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
})

test('a store that took longer than the patience ends the call with its own error', async () => {
  const uptime = jest.spyOn(performance, 'now').mockReturnValue(1000)
  const hangs: Counters = {
    count: async () => {
      uptime.mockReturnValue(1101)
      throw new LoginError('store_unavailable')
    },
  }
  await expect(limitOf(hangs)(request('203.0.113.1'))).rejects.toMatchObject({
    code: 'store_unavailable',
  })
  uptime.mockReturnValue(1000)
  await expect(limitOf(hangs, 101)(request('203.0.113.1'))).resolves.toBeUndefined()
  uptime.mockRestore()
})

test('a call that this process refuses does not ask the store', async () => {
  let asked = 0
  const limit = limitOf({ count: async () => ({ count: ++asked, endsAt: 0 }) })
  await Promise.allSettled(Array.from({ length: 30 }, () => limit(request('203.0.113.1'))))
  expect(asked).toBe(10)
})

test('no address rests in the store', async () => {
  const names: string[] = []
  const limit = limitOf({
    count: async name => {
      names.push(name)
      return { count: 1, endsAt: 0 }
    },
  })
  await limit(request('203.0.113.77'))
  expect(names).toEqual([expect.stringMatching(/^[\w-]{22}$/)])
})
