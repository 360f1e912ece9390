import type { Store } from '../../../src/store/contract/store'
import { NOW, unique } from './samples'

export function counters(store: () => Store): void {
  describe('counters', () => {
    test('calls are counted in windows: 40 at once are 40, and the next window begins with one', async () => {
      const name = unique('address')
      const counted = await Promise.all(
        Array.from({ length: 40 }, () => store().counters.count(name, 60_000, NOW)),
      )
      const counts = counted.map(({ count }) => count).sort((a, b) => a - b)
      expect(counts).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
      expect(new Set(counted.map(({ endsAt }) => endsAt))).toEqual(new Set([NOW + 60_000]))
      const last = await store().counters.count(name, 60_000, NOW + 59_999)
      expect(last).toEqual({ count: 41, endsAt: NOW + 60_000 })
      expect(await store().counters.count(name, 60_000, NOW + 60_000)).toEqual({
        count: 1,
        endsAt: NOW + 120_000,
      })
    })

    test('one name counts nothing of another', async () => {
      const [one, two] = [unique('address'), unique('address')]
      await store().counters.count(one, 60_000, NOW)
      expect(await store().counters.count(two, 60_000, NOW)).toMatchObject({ count: 1 })
    })
  })
}
