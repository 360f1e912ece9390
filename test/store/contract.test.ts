import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../src/store/open'
import type { Store } from '../../src/store/store'
import { BACKENDS, type Backend } from './contract/backends'
import { loginCodes } from './contract/login-codes'
import { claim, login, NOW, refOf, remembering, unique } from './contract/samples'
import { sessionKeys } from './contract/session-keys'
import { sessions } from './contract/sessions'
import { sharedValues } from './contract/shared-values'
import { users } from './contract/users'

const SWEEP_BATCH = 5
const log = { info() {}, warn() {}, error() {} }

describe.each(Object.keys(BACKENDS))('the store contract on %s', kind => {
  let backend: Backend
  let store: Store

  beforeAll(async () => {
    backend = (await BACKENDS[kind]?.()) as Backend
    const { url, redisUrl } = backend
    store = remembering(await openStore(url, { log, redisUrl, sweepBatch: SWEEP_BATCH }))
  }, 60_000)
  afterAll(async () => {
    await store.close()
    await backend.remove()
  })

  const current = () => store
  loginCodes(current)
  users(current)
  sessions(current)
  sessionKeys(current)
  sharedValues(current)

  test('calls are counted in windows: 40 at once are 40, and the next window begins with one', async () => {
    const key = unique('address')
    const counted = await Promise.all(
      Array.from({ length: 40 }, () => store.countCall(key, 60_000, NOW)),
    )
    const counts = counted.map(({ count }) => count).sort((a, b) => a - b)
    expect(counts).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    expect(new Set(counted.map(({ endsAt }) => endsAt))).toEqual(new Set([NOW + 60_000]))
    expect(await store.countCall(key, 60_000, NOW + 59_999)).toMatchObject({ count: 41 })
    expect(await store.countCall(key, 60_000, NOW + 60_000)).toEqual({
      count: 1,
      endsAt: NOW + 120_000,
    })
  })

  // In Redis each key expires by itself: redis.test.ts shows that.
  const sweeps = kind !== 'Redis'
  if (!sweeps) {
    test('a sweep has nothing to do: what has expired goes by itself', async () => {
      const dead = login({ expiresAt: NOW + 20 })
      await store.completeLogin(dead)
      expect(await store.sweep(NOW + 20)).toBe(false)
      await sleep(40)
      expect(await store.findSession(refOf(dead))).toBeUndefined()
    })
  }
  const sweepTest = sweeps ? test : () => {}
  sweepTest('a sweep removes what has expired, in batches, and nothing else', async () => {
    while (await store.sweep(NOW + 10_000_000)) {}
    const dead = Array.from({ length: SWEEP_BATCH + 2 }, () => login({ expiresAt: NOW + 20 }))
    const alive = login({ expiresAt: NOW + 21 })
    for (const each of [...dead, alive]) await store.completeLogin(each)
    const left = async () => {
      const found = await Promise.all(dead.map(each => store.findSession(refOf(each))))
      return found.filter(Boolean).length
    }
    expect(await store.sweep(NOW + 19)).toBe(false)
    expect(await left()).toBe(SWEEP_BATCH + 2)
    expect(await store.sweep(NOW + 20)).toBe(true)
    expect(await left()).toBe(2)
    expect(await store.sweep(NOW + 20)).toBe(false)
    expect(await left()).toBe(0)
    expect(await store.findSession(refOf(alive))).toBeDefined()
    const code = claim()
    await store.claimCode(code)
    const key = unique('value')
    await store.writeShared(key, 'value', { now: NOW, expiresAt: code.expiresAt })
    await store.sweep(code.expiresAt)
    expect(await store.findCode(code.codeHash)).toBeUndefined()
    expect(await store.readShared(key, NOW)).toBeUndefined()
  })

  test('it answers a ping', async () => {
    await expect(store.ping()).resolves.toBeUndefined()
  })
})
