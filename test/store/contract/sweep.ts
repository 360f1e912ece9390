import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '../../../src/store/contract/store'
import { claim, login, NOW, refOf, unique } from './samples'

/** Rows of each kind that one sweep of the store under test removes at the most. */
export const SWEEP_BATCH = 5

export function sweep(store: () => Store): void {
  describe('sweep', () => {
    test('a sweep removes what has expired, in batches, and nothing else', async () => {
      while (await store().sweep(NOW + 10_000_000)) {}
      const dead = Array.from({ length: SWEEP_BATCH + 2 }, () => login({ expiresAt: NOW + 20 }))
      const alive = login({ expiresAt: NOW + 21 })
      for (const each of [...dead, alive]) await store().sessions.begin(each)
      const left = async () => {
        const found = await Promise.all(dead.map(each => store().sessions.find(refOf(each))))
        return found.filter(Boolean).length
      }
      expect(await store().sweep(NOW + 19)).toBe(false)
      expect(await left()).toBe(SWEEP_BATCH + 2)
      expect(await store().sweep(NOW + 20)).toBe(true)
      expect(await left()).toBe(2)
      expect(await store().sweep(NOW + 20)).toBe(false)
      expect(await left()).toBe(0)
      expect(await store().sessions.find(refOf(alive))).toBeDefined()
    })

    test('a sweep removes codes, values and counters whose time is over', async () => {
      const code = claim()
      await store().codes.claim(code)
      const name = unique('value')
      await store().values.write(name, 'value', { now: NOW, expiresAt: code.expiresAt })
      await store().counters.count(name, code.expiresAt - NOW, NOW)
      while (await store().sweep(code.expiresAt)) {}
      expect(await store().codes.find(code.codeHash)).toBeUndefined()
      expect(await store().values.read(name, NOW)).toBeUndefined()
      const counted = await store().counters.count(name, 1000, NOW)
      expect(counted).toEqual({ count: 1, endsAt: NOW + 1000 })
    })
  })
}

/** For a store in which everything expires by itself. */
export function nothingToSweep(store: () => Store): void {
  test('a sweep has nothing to do: what has expired goes by itself', async () => {
    const dead = login({ expiresAt: NOW + 20 })
    await store().sessions.begin(dead)
    expect(await store().sweep(NOW + 20)).toBe(false)
    await sleep(40)
    expect(await store().sessions.find(refOf(dead))).toBeUndefined()
  })
}
