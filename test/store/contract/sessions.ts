import type { CompletedLogin, Store } from '../../../src/store/store'
import { login, NOW, refOf, unique } from './samples'

export function sessions(store: () => Store): void {
  describe('sessions', () => {
    test('a session comes with its user in one look', async () => {
      const one = login({ unionid: 'u' })
      const { userId } = await store().completeLogin(one)
      expect(await store().findSession(refOf(one))).toEqual({
        id: one.sessionId,
        userId,
        appid: one.appid,
        openid: one.openid,
        unionid: 'u',
        sealed: 'kid.sealed',
        keyHash: 'key-1',
        createdAt: NOW,
        expiresAt: NOW + 1000,
        userKeyHash: 'key-1',
        userKeyAt: NOW,
        userKeyCheck: null,
      })
    })

    test('an older session sees that a newer login brought another session_key', async () => {
      const openid = unique('openid')
      const older = login({ openid })
      await store().completeLogin(older)
      await store().completeLogin(login({ openid, keyHash: 'key-2', now: NOW + 10 }))
      await store().completeLogin(login({ openid, keyHash: 'key-0', now: NOW - 10 }))
      expect(await store().findSession(refOf(older))).toMatchObject({
        keyHash: 'key-1',
        userKeyHash: 'key-2',
        userKeyAt: NOW + 10,
      })
    })

    test('an ended session is gone, and ending it twice is no error', async () => {
      const one = login()
      await store().completeLogin(one)
      await store().endSession(refOf(one))
      await store().endSession(refOf(one))
      expect(await store().findSession(refOf(one))).toBeUndefined()
    })

    test('ending all sessions of a user ends no one else’s', async () => {
      const openid = unique('openid')
      const mine = [login({ openid }), login({ openid })]
      const other = login()
      const [{ userId } = { userId: '' }] = await Promise.all(
        [...mine, other].map(each => store().completeLogin(each)),
      )
      await store().endSessionsOfUser(userId)
      for (const each of mine) expect(await store().findSession(refOf(each))).toBeUndefined()
      expect(await store().findSession(refOf(other))).toBeDefined()
    })

    test('of 50 logins at once ten sessions stay', async () => {
      const openid = unique('openid')
      const logins = Array.from({ length: 50 }, () => login({ openid }))
      await Promise.all(logins.map(each => store().completeLogin(each)))
      const found = await Promise.all(logins.map(each => store().findSession(refOf(each))))
      expect(found.filter(Boolean)).toHaveLength(10)
      const { userId } = refOf(logins[0] as CompletedLogin)
      expect(await store().findSealedKeys(userId, NOW)).toHaveLength(10)
    })

    test('a newer login with the same session_key makes it newer, on every session', async () => {
      const openid = unique('openid')
      const older = login({ openid })
      await store().completeLogin(older)
      await store().findSession(refOf(older))
      await store().completeLogin(login({ openid, now: NOW + 10 }))
      expect(await store().findSession(refOf(older))).toMatchObject({
        keyHash: 'key-1',
        userKeyHash: 'key-1',
        userKeyAt: NOW + 10,
      })
    })

    test('the sealed keys of a user come newest first, the ended and the foreign left out', async () => {
      const openid = unique('openid')
      const aged = (age: number) => login({ openid, sealed: `kid.${age}`, now: NOW - age })
      const [one, two, three, four] = [aged(1), aged(2), aged(3), aged(4)]
      for (const each of [three, one, four, two, login()]) await store().completeLogin(each)
      await store().endSession(refOf(three))
      await store().resealSession(refOf(two), { sealed: 'kid2.2', from: 'key-1' })
      const { userId } = refOf(one)
      expect(await store().findSealedKeys(userId, NOW)).toEqual([
        { id: one.sessionId, sealed: 'kid.1' },
        { id: two.sessionId, sealed: 'kid2.2' },
        { id: four.sessionId, sealed: 'kid.4' },
      ])
      expect(await store().findSealedKeys('nobody', NOW)).toEqual([])
      await store().endSessionsOfUser(userId)
      expect(await store().findSealedKeys(userId, NOW)).toEqual([])
    })

    test('the sealed keys are those of sessions that still run by the caller’s clock', async () => {
      const openid = unique('openid')
      const short = login({ openid, expiresAt: NOW + 60_000 })
      const long = login({ openid, expiresAt: NOW + 60_001 })
      for (const each of [short, long]) await store().completeLogin(each)
      const left = await store().findSealedKeys(refOf(long).userId, NOW + 60_000)
      expect(left.map(({ id }) => id)).toEqual([long.sessionId])
    })

    test('a session’s secrets can be sealed anew', async () => {
      const one = login()
      await store().completeLogin(one)
      await store().resealSession(refOf(one), { sealed: 'kid2.sealed', from: 'key-1' })
      expect(await store().findSession(refOf(one))).toMatchObject({
        sealed: 'kid2.sealed',
        keyHash: 'key-1',
      })
    })

    test('a renewal that began before the log-out brings no ended session back', async () => {
      const one = login()
      await store().completeLogin(one)
      expect(await store().findSession(refOf(one))).toBeDefined()
      await store().endSession(refOf(one))
      await store().resealSession(refOf(one), { sealed: 'kid2.sealed', from: 'key-1' })
      expect(await store().findSession(refOf(one))).toBeUndefined()
    })

    test('a session that holds another key by now is not sealed back', async () => {
      const one = login()
      await store().completeLogin(one)
      await store().resealSession(refOf(one), { sealed: 'new', from: 'key-1', keyHash: 'key-2' })
      await store().resealSession(refOf(one), { sealed: 'late', from: 'key-1' })
      expect(await store().findSession(refOf(one))).toMatchObject({
        sealed: 'new',
        keyHash: 'key-2',
      })
      await store().endSession(refOf(one))
      await store().resealSession(refOf(one), { sealed: 'dead', from: 'key-2' })
      expect(await store().findSession(refOf(one))).toBeUndefined()
    })
  })
}
