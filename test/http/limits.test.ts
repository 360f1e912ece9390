import type { IncomingMessage } from 'node:http'
import { createLimits, type LimitName } from '../../src/http/limits'
import { createMemoryStore } from '../../src/store/memory/memory-store'
import { Clock } from '../support/clock'
import { DATA_KEYS } from '../support/data-keys'
import { guardedRequest } from './guarded-request'

const { now } = new Clock()

interface Asked {
  perMinute?: number | 'off'
  loginsPerMinute?: number | 'off'
  shared?: ReturnType<typeof createMemoryStore>
}
const limitsOf = ({ perMinute = 3, loginsPerMinute = 'off', shared }: Asked = {}) =>
  createLimits({
    ...{ perMinute, loginsPerMinute, shared, now },
    ...{ dataKeys: DATA_KEYS, patience: { counterMs: 60_000 } },
  })

/** How many of so many calls pass, and which limits refused the others. */
async function passed(
  limits: ReturnType<typeof limitsOf>,
  name: LimitName,
  calls: number,
  of: (i: number) => Promise<IncomingMessage> = () => guardedRequest({ userId: 'ann' }),
) {
  const requests = await Promise.all(Array.from({ length: calls }, (_, i) => of(i)))
  const outcomes = await Promise.allSettled(requests.map(req => limits[name](req)))
  const refused = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]
  for (const { reason } of refused) expect(reason.code).toBe('rate_limited')
  return { passed: calls - refused.length, by: [...new Set(refused.map(r => r.reason.reason))] }
}

test('each limit counts for itself', async () => {
  const limits = limitsOf()
  expect(await passed(limits, 'login', 10)).toEqual({ passed: 3, by: ['login'] })
  expect(await passed(limits, 'wechat', 10)).toEqual({ passed: 3, by: ['wechat'] })
})

test('all logins together have a limit too, whatever addresses they come from', async () => {
  const limits = limitsOf({ loginsPerMinute: 20 })
  const from = (i: number) => guardedRequest({ ip: `203.0.113.${i}` })
  expect(await passed(limits, 'login', 50, from)).toEqual({ passed: 20, by: ['login_global'] })
  expect((await passed(limits, 'wechat', 50, from)).passed).toBe(50)
})

test('what one address may not do uses up nothing of what all may do', async () => {
  const limits = limitsOf({ loginsPerMinute: 5 })
  const one = () => guardedRequest({ ip: '203.0.113.1' })
  expect(await passed(limits, 'login', 1000, one)).toEqual({ passed: 3, by: ['login'] })
  const other = () => guardedRequest({ ip: '203.0.113.2' })
  expect((await passed(limits, 'login', 1, other)).passed).toBe(1)
})

test('instances that share a store share the limit of all logins', async () => {
  const shared = createMemoryStore()
  const instances = [1, 2].map(() => limitsOf({ perMinute: 'off', loginsPerMinute: 10, shared }))
  const outcomes = await Promise.all(instances.map(limits => passed(limits, 'login', 50)))
  expect(outcomes.reduce((sum, { passed }) => sum + passed, 0)).toBe(10)
})

test('one user may ask WeChat 60 times a minute, whatever addresses he comes from', async () => {
  for (const perMinute of [1000, 'off'] as const) {
    const limits = limitsOf({ perMinute })
    const roaming = (i: number) => guardedRequest({ userId: 'ann', ip: `203.0.113.${i % 50}` })
    expect(await passed(limits, 'wechat', 100, roaming)).toEqual({
      ...{ passed: 60, by: ['wechat_user'] },
    })
    const other = () => guardedRequest({ userId: 'bob', ip: '203.0.113.1' })
    expect((await passed(limits, 'wechat', 1, other)).passed).toBe(1)
  }
})

test('one user’s flood uses up nothing of what others at the address may do', async () => {
  const limits = limitsOf({ perMinute: 70 })
  expect((await passed(limits, 'wechat', 1000)).passed).toBe(60)
  const other = () => guardedRequest({ userId: 'bob' })
  expect(await passed(limits, 'wechat', 20, other)).toEqual({ passed: 10, by: ['wechat'] })
})

test('off turns off all that counts by address', async () => {
  const limits = limitsOf({ perMinute: 'off' })
  expect((await passed(limits, 'login', 1000)).passed).toBe(1000)
  const user = (i: number) => guardedRequest({ userId: `user ${i}` })
  expect((await passed(limits, 'wechat', 1000, user)).passed).toBe(1000)
})
