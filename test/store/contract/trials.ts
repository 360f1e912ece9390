import type { Store } from '../../../src/store/contract/store'
import { NOW } from './samples'

export function trials(store: () => Store): void {
  describe('trials', () => {
    test('a login could be served, however often and by however many that is asked', async () => {
      for (const { run } of store().trials) {
        for (let i = 0; i < 3; i++) await expect(run(NOW + i)).resolves.toBeUndefined()
        await expect(Promise.all([run(NOW), run(NOW), run(NOW)])).resolves.toHaveLength(3)
      }
    })

    test('a trial leaves no user behind', async () => {
      const before = await store().users.list('')
      for (const { run } of store().trials) await run(NOW)
      expect(await store().users.list('')).toEqual(before)
    })
  })
}
