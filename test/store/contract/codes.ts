import type { Store } from '../../../src/store/contract/store'
import { claim, login, NOW, unique } from './samples'

export function codes(store: () => Store): void {
  describe('codes', () => {
    test('a code is claimed by one of 50 callers at once', async () => {
      const codeHash = unique('hash')
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, () => store().codes.claim(claim(codeHash))),
      )
      expect(outcomes.filter(known => known === undefined)).toHaveLength(1)
      expect(new Set(outcomes.filter(Boolean).map(known => known?.owner)).size).toBe(1)
      expect(outcomes.find(Boolean)).toMatchObject({ status: 'claimed', claimedAt: NOW })
    })

    test('a code that is given back can be claimed again, but only its owner gives it back', async () => {
      const first = claim()
      await store().codes.claim(first)
      await store().codes.release(first.codeHash, 'somebody else')
      expect(await store().codes.find(first.codeHash)).toMatchObject({ owner: first.owner })
      await store().codes.release(first.codeHash, first.owner)
      expect(await store().codes.find(first.codeHash)).toBeUndefined()
      expect(await store().codes.claim(claim(first.codeHash))).toBeUndefined()
    })

    test('a failure is kept with its errcode, and a settled code stays settled', async () => {
      const first = claim()
      await store().codes.claim(first)
      const failure = { owner: first.owner, error: 'code_invalid', wxErrcode: 40029, now: NOW + 5 }
      await store().codes.fail(first.codeHash, failure)
      const settled = {
        status: 'failed',
        error: 'code_invalid',
        wxErrcode: 40029,
        settledAt: NOW + 5,
      }
      expect(await store().codes.find(first.codeHash)).toMatchObject(settled)
      await store().codes.fail(first.codeHash, { ...failure, error: 'internal' })
      await store().codes.release(first.codeHash, first.owner)
      expect(await store().codes.find(first.codeHash)).toMatchObject(settled)
    })

    test('a completed login settles its code with the session and whether the user is new', async () => {
      const first = claim()
      await store().codes.claim(first)
      const done = login({ codeHash: first.codeHash, owner: first.owner, now: NOW + 7 })
      await store().sessions.begin(done)
      expect(await store().codes.find(first.codeHash)).toMatchObject({
        status: 'done',
        sessionRef: done.sessionRef,
        userId: done.newUserId,
        isNewUser: true,
        settledAt: NOW + 7,
      })
    })
  })
}
