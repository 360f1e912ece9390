import type { Store } from '../../../src/store/contract/store'
import { login, unique } from './samples'

export function proofs(store: () => Store): void {
  describe('proofs', () => {
    test('one of ten instances stores the key, and all get that one', async () => {
      const { proofs } = store()
      const keys = Array.from({ length: 10 }, (_, i) => `key-${i}`)
      const stored = await Promise.all(keys.map(key => proofs.createKey(key)))
      expect(new Set(stored).size).toBe(1)
      expect(await proofs.readKey()).toBe(stored[0])
    })

    test('a key gives way to another only where it is still the one that was read', async () => {
      const { proofs } = store()
      const first = await proofs.createKey('first')
      await proofs.replaceKey('another', 'second')
      expect(await proofs.readKey()).toBe(first)
      await proofs.replaceKey(first, 'second')
      expect(await proofs.readKey()).toBe('second')
    })

    test('a first login brings its proofs, and a later one leaves that of the user', async () => {
      const openid = unique('openid')
      const first = login({ openid, proof: 'proof-1', unionid: 'u-1', unionidProof: 'of-u-1' })
      const { userId } = await store().sessions.begin(first)
      expect(await store().users.find(userId)).toMatchObject({
        ...{ proof: 'proof-1', unionid: 'u-1', unionidProof: 'of-u-1' },
      })
      await store().sessions.begin(login({ openid, unionid: 'u-2', unionidProof: 'of-u-2' }))
      const found = await store().users.find(userId)
      expect(found).toMatchObject({ proof: 'proof-1', unionid: 'u-2', unionidProof: 'of-u-2' })
    })

    test('a unionid that was there without its proof gets it at the next login that brings it', async () => {
      const openid = unique('openid')
      const { userId } = await store().sessions.begin(login({ openid, unionid: 'u' }))
      const again = login({ openid, unionid: 'u', unionidProof: 'of-u' })
      await store().sessions.begin(again)
      expect(await store().users.find(userId)).toMatchObject({ unionidProof: 'of-u' })
      const session = await store().sessions.find({ id: again.sessionId, userId })
      expect(session).toMatchObject({ unionid: 'u', unionidProof: 'of-u' })
    })

    test('proofs are written for a user who is still the one that was proven', async () => {
      const { proofs, sessions, users } = store()
      const one = login({ unionid: 'u' })
      const { userId: id } = await sessions.begin(one)
      const { appid, openid } = one
      const proven = { id, appid, openid, unionid: 'u', proof: 'p', unionidProof: 'up' }
      await proofs.prove({ ...proven, openid: 'another' })
      await proofs.prove({ ...proven, appid: 'another' })
      expect(await users.find(id)).toMatchObject({ proof: null })
      await proofs.prove({ ...proven, unionid: 'another' })
      expect(await users.find(id)).toMatchObject({ proof: 'p', unionidProof: null })
      await proofs.prove(proven)
      expect(await users.find(id)).toMatchObject({ proof: 'p', unionidProof: 'up' })
      await proofs.prove({ ...proven, unionid: null, unionidProof: null, proof: 'p2' })
      expect(await users.find(id)).toMatchObject({ proof: 'p2', unionid: 'u' })
    })

    test('a store that holds a proven user says so', async () => {
      await store().sessions.begin(login({ proof: 'proof' }))
      expect(await store().proofs.look()).toEqual({ hasUsers: true, hasProofs: true })
    })
  })
}
