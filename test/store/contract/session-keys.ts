import type { CompletedLogin, Store } from '../../../src/store/store'
import { login, NOW, refOf, unique } from './samples'

export function sessionKeys(store: () => Store): void {
  describe('session_keys', () => {
    const checkOf = async (one: CompletedLogin) =>
      (await store().findSession(refOf(one)))?.userKeyCheck

    test('what WeChat said of the newest key is kept, and the latest word counts', async () => {
      const one = login()
      const { userId } = await store().completeLogin(one)
      await store().noteKeyCheck(userId, 'key-1', { at: NOW + 5, valid: true })
      expect(await checkOf(one)).toEqual({ at: NOW + 5, valid: true })
      await store().noteKeyCheck(userId, 'key-1', { at: NOW + 9, valid: false })
      await store().noteKeyCheck(userId, 'key-1', { at: NOW + 7, valid: true })
      expect(await checkOf(one)).toEqual({ at: NOW + 9, valid: false })
      expect(await store().findSession(refOf(one))).toMatchObject({
        userKeyHash: 'key-1',
        userKeyAt: NOW,
      })
    })

    test('what is known of the user otherwise stays: a unionid that came late', async () => {
      const openid = unique('openid')
      const older = login({ openid })
      await store().completeLogin(older)
      const { userId } = await store().completeLogin(login({ openid, unionid: 'late' }))
      await store().noteKeyCheck(userId, 'key-1', { at: NOW + 5, valid: true })
      expect((await store().findSession(refOf(older)))?.unionid).toBe('late')
      await store().replaceNewestKey(userId, { from: 'key-1', to: 'key-2', now: NOW + 6 })
      expect((await store().findSession(refOf(older)))?.unionid).toBe('late')
    })

    test('what it said of a key that is not the newest is nothing about the newest', async () => {
      const openid = unique('openid')
      const older = login({ openid })
      const newer = login({ openid, keyHash: 'key-2', now: NOW + 10 })
      const { userId } = await store().completeLogin(older)
      await store().completeLogin(newer)
      await store().noteKeyCheck(userId, 'key-1', { at: NOW + 20, valid: false })
      expect(await checkOf(newer)).toBeNull()
    })

    test('a newer key has a clean record; a login that comes in late changes none', async () => {
      const openid = unique('openid')
      const { userId } = await store().completeLogin(login({ openid }))
      await store().noteKeyCheck(userId, 'key-1', { at: NOW + 5, valid: false })
      const late = login({ openid, keyHash: 'key-0', now: NOW - 10 })
      await store().completeLogin(late)
      expect(await checkOf(late)).toEqual({ at: NOW + 5, valid: false })
      const newer = login({ openid, keyHash: 'key-2', now: NOW + 10 })
      await store().completeLogin(newer)
      expect(await checkOf(newer)).toBeNull()
    })

    test('the newest key gives way to the one that replaced it, and to no other', async () => {
      const one = login()
      const { userId } = await store().completeLogin(one)
      await store().noteKeyCheck(userId, 'key-1', { at: NOW + 5, valid: true })
      await store().replaceNewestKey(userId, { from: 'key-0', to: 'key-9', now: NOW + 8 })
      await store().replaceNewestKey(userId, { from: 'key-1', to: 'key-2', now: NOW + 9 })
      expect(await store().findSession(refOf(one))).toMatchObject({
        keyHash: 'key-1',
        userKeyHash: 'key-2',
        userKeyAt: NOW + 9,
        userKeyCheck: null,
      })
    })

    test('a session that is sealed anew for another reason at the same moment holds the new key', async () => {
      const one = login()
      await store().completeLogin(one)
      await Promise.all([
        store().resealSession(refOf(one), { sealed: 'by another secret', from: 'key-1' }),
        store().resealSession(refOf(one), { sealed: 'new key', from: 'key-1', keyHash: 'key-2' }),
      ])
      expect(await store().findSession(refOf(one))).toMatchObject({
        sealed: 'new key',
        keyHash: 'key-2',
      })
    })
  })
}
