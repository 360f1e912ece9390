import type { Store } from '../../../src/store/contract/store'
import { NOW, unique } from './samples'

export function values(store: () => Store): void {
  describe('values', () => {
    const life = { now: NOW, expiresAt: NOW + 5000 }

    test('a value is read until it expires, and the latest one written counts', async () => {
      const key = unique('value')
      expect(await store().values.read(key, NOW)).toBeUndefined()
      await store().values.write(key, 'first', life)
      await store().values.write(key, 'it|is | "text" 好', life)
      expect(await store().values.read(key, NOW + 4999)).toBe('it|is | "text" 好')
      expect(await store().values.read(key, NOW + 5000)).toBeUndefined()
    })

    test('a value is removed only if it is still the one that was meant', async () => {
      const key = unique('value')
      await store().values.write(key, 'first', life)
      await store().values.write(key, 'second', life)
      expect(await store().values.drop(key, 'first')).toBe(false)
      expect(await store().values.read(key, NOW)).toBe('second')
      expect(await store().values.drop(key, 'second')).toBe(true)
      expect(await store().values.read(key, NOW)).toBeUndefined()
      expect(await store().values.drop(key, 'second')).toBe(false)
    })

    test('of 30 claims at once one succeeds, and it can be given back', async () => {
      const key = unique('lease')
      const owners = Array.from({ length: 30 }, () => unique('owner'))
      const claims = await Promise.all(owners.map(owner => store().values.claim(key, owner, life)))
      expect(claims.filter(Boolean)).toHaveLength(1)
      const winner = String(owners[claims.indexOf(true)])
      expect(await store().values.read(key, NOW)).toBe(winner)
      expect(await store().values.drop(key, 'somebody else')).toBe(false)
      expect(await store().values.drop(key, winner)).toBe(true)
      expect(await store().values.claim(key, unique('owner'), life)).toBe(true)
    })

    test('a claim whose holder is gone ends by itself', async () => {
      const key = unique('lease')
      const claimAt = (now: number) =>
        store().values.claim(key, unique('owner'), { now, expiresAt: now + 1500 })
      expect(await claimAt(NOW)).toBe(true)
      expect(await claimAt(NOW + 1499)).toBe(false)
      expect(await claimAt(NOW + 1500)).toBe(true)
      expect(await claimAt(NOW + 2999)).toBe(false)
    })
  })
}
