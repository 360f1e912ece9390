import { setTimeout as sleep } from 'node:timers/promises'
import * as redisModule from '@redis/client'
import { createEvents, type LoginEvent } from '../../../src/events'
import type { Patience } from '../../../src/patience'
import type { NewLogin } from '../../../src/store/contract/sessions'
import { type Store, SWEEP_BATCH } from '../../../src/store/contract/store'
import { createMemoryStore } from '../../../src/store/memory/memory-store'
import { openRedisStore } from '../../../src/store/redis/redis-store'
import { startRedis } from '../../support/databases'
import { STRETCHED } from '../../support/patience'

export const NOW = Date.UTC(2026, 0, 2)
export const HOUR = 3_600_000

/** For what must not fail because the machine is busy. */
export const UNHURRIED: Patience = {
  ...STRETCHED,
  storeMs: 20_000,
  redisConnectMs: 20_000,
  redisPingMs: 20_000,
  redisSilenceMs: 20_000,
  redisSentinelMs: 20_000,
}

let serial = 0
export const unique = (name: string) => `${name}-${++serial}`

export function sampleLogin(overrides: Partial<NewLogin> = {}): NewLogin {
  const name = unique('name')
  return {
    codeHash: name,
    owner: name,
    sessionId: name,
    newUserId: name,
    appid: 'wx0000000000000000',
    openid: name,
    unionid: null,
    proof: null,
    unionidProof: null,
    sessionRef: 'kid.ref',
    sealed: 'kid.sealed',
    sessionKeyHash: 'key',
    now: NOW,
    expiresAt: NOW + HOUR,
    ...overrides,
  }
}

/** A connection of the test itself, that keeps nothing. */
export async function connectAdmin(url: string) {
  const admin = redisModule.createClient({ url, RESP: 3 })
  admin.on('error', () => {})
  await admin.connect()
  return admin
}

/** Two instances, a and b, on one Redis of their own, with the same users in memory. */
export async function openTwoStores() {
  const redis = await startRedis()
  const users = createMemoryStore(SWEEP_BATCH)
  const admin = await connectAdmin(redis.url)
  const told: LoginEvent[] = []
  const events = createEvents()
  events.listen(event => void told.push(event))
  const open = (prefix = 'mpl:'): Promise<Store> =>
    openRedisStore({
      ...{ redis: redisModule, url: redis.url, prefix, users, events, patience: UNHURRIED },
      log: { info() {}, warn() {}, error() {} },
    })
  const [a, b] = [await open(), await open()]
  return {
    redis,
    admin,
    told,
    open,
    a,
    b,
    /** A login on instance a. */
    async logIn(overrides: Partial<NewLogin> = {}) {
      const login = sampleLogin(overrides)
      const { userId } = await a.sessions.begin(login)
      return { id: login.sessionId, userId }
    },
    /** How many commands Redis has run, by name. */
    async commands(): Promise<Record<string, number>> {
      const text = await admin.info('commandstats')
      const found = text.matchAll(/cmdstat_([\w|]+):calls=(\d+)/g)
      return Object.fromEntries([...found].map(([, name, calls]) => [name, Number(calls)]))
    },
    async close() {
      admin.destroy()
      await Promise.all([a.close(), b.close()])
      await redis.remove()
    },
  }
}

export type TwoStores = Awaited<ReturnType<typeof openTwoStores>>

/** Waits until something is so; the test's own time-out ends the wait. */
export async function until(met: () => Promise<unknown>): Promise<void> {
  while (!(await met().catch(() => false))) await sleep(10)
}
