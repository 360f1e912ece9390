import type { Store } from '../../../src/store/store'
import { login, NOW, refOf, unique } from './samples'

export function users(store: () => Store): void {
  describe('users', () => {
    test('(appid, openid) is one user: 50 first logins at once, one of them new', async () => {
      const openid = unique('openid')
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, () => store().completeLogin(login({ openid }))),
      )
      expect(outcomes.filter(({ isNewUser }) => isNewUser)).toHaveLength(1)
      expect(new Set(outcomes.map(({ userId }) => userId)).size).toBe(1)
    })

    test('the same openid in another app is another user', async () => {
      const openid = unique('openid')
      const one = await store().completeLogin(login({ openid }))
      const two = await store().completeLogin(login({ openid, appid: 'wx1111111111111111' }))
      expect(one.userId).not.toBe(two.userId)
    })

    test('openids differ by case, and any text is only text', async () => {
      const openids = ['oABC', 'oabc', "o'; drop table users; --", 'o"\\%_', '오픈🙂', ' o ', 'o']
      const ids = new Set<string>()
      for (const openid of openids) {
        const { userId } = await store().completeLogin(login({ openid }))
        ids.add(userId)
        expect((await store().findUser(userId))?.openid).toBe(openid)
      }
      expect(ids.size).toBe(openids.length)
    })

    test('a unionid arrives late and stays when it is not named again', async () => {
      const openid = unique('openid')
      const { userId } = await store().completeLogin(login({ openid }))
      expect((await store().findUser(userId))?.unionid).toBeNull()
      await store().completeLogin(login({ openid, unionid: 'union' }))
      await store().completeLogin(login({ openid }))
      expect((await store().findUser(userId))?.unionid).toBe('union')
    })

    test('an earlier session sees a unionid that a later login brought, or changed', async () => {
      const openid = unique('openid')
      const early = login({ openid })
      await store().completeLogin(early)
      expect(await store().findSession(refOf(early))).toMatchObject({ unionid: null })
      await store().completeLogin(login({ openid, unionid: 'union|1' }))
      expect(await store().findSession(refOf(early))).toMatchObject({ unionid: 'union|1' })
      await store().completeLogin(login({ openid, now: NOW + 1 }))
      expect(await store().findSession(refOf(early))).toMatchObject({ unionid: 'union|1' })
      const late = login({ openid, unionid: 'union-2', now: NOW - 1 })
      await store().completeLogin(late)
      for (const each of [early, late]) {
        const session = await store().findSession(refOf(each))
        expect(session).toMatchObject({ unionid: 'union-2', userKeyHash: 'key-1' })
      }
    })

    test('a user is found by its identity, in its own app only', async () => {
      const one = login()
      const { userId } = await store().completeLogin(one)
      const found = await store().findUserByOpenid(one.appid, one.openid)
      expect(found).toEqual(await store().findUser(userId))
      expect(found).toMatchObject({ id: userId, openid: one.openid, createdAt: NOW })
      expect(await store().findUserByOpenid('wx1111111111111111', one.openid)).toBeUndefined()
      expect(await store().findUserByOpenid(one.appid, unique('openid'))).toBeUndefined()
    })

    test('the same openid under two appids is two users, and the same unionid links them', async () => {
      const openid = unique('openid')
      const unionid = unique('union')
      const apps = ['wx0000000000000000', 'wx1111111111111111']
      const ids: string[] = []
      for (const [i, appid] of apps.entries()) {
        const each = login({ openid, unionid, appid, now: NOW + i })
        ids.push((await store().completeLogin(each)).userId)
      }
      await store().completeLogin(login({ unionid: unionid.toUpperCase() }))
      await store().completeLogin(login())
      expect(new Set(ids).size).toBe(2)
      const linked = await store().findUsersByUnionid(unionid)
      expect(linked.map(({ id, appid }) => [id, appid])).toEqual(ids.map((id, i) => [id, apps[i]]))
      expect(await store().findUsersByUnionid(unique('union'))).toEqual([])
    })

    test('a unionid that changes takes the link with it, and the user stays who it was', async () => {
      const openid = unique('openid')
      const [before, after] = [unique('union'), unique('union')]
      const { userId } = await store().completeLogin(login({ openid, unionid: before }))
      const other = await store().completeLogin(login({ unionid: before }))
      await store().completeLogin(login({ openid, unionid: after }))
      const idsOf = async (unionid: string) =>
        (await store().findUsersByUnionid(unionid)).map(({ id }) => id)
      expect(await idsOf(before)).toEqual([other.userId])
      expect(await idsOf(after)).toEqual([userId])
    })

    test('all users with a phone number are found by it, and no longer once it is cleared', async () => {
      const phoneNumber = unique('+86138')
      const ids: string[] = []
      for (const now of [NOW, NOW + 1]) {
        const { userId } = await store().completeLogin(login({ now }))
        await store().updateProfile(userId, { phoneNumber })
        ids.push(userId)
      }
      const idsFound = async () => (await store().findUsersByPhone(phoneNumber)).map(({ id }) => id)
      expect(await idsFound()).toEqual(ids)
      await store().updateProfile(String(ids[0]), { nickname: 'n' })
      expect(await idsFound()).toEqual(ids)
      await store().updateProfile(String(ids[0]), { phoneNumber: null })
      expect(await idsFound()).toEqual([ids[1]])
    })

    test('a profile changes where it is told to, and null clears', async () => {
      const { userId } = await store().completeLogin(login())
      await store().updateProfile(userId, { nickname: '小明', avatarUrl: 'https://a' })
      await store().updateProfile(userId, { nickname: null })
      await store().updateProfile(userId, {})
      await store().updateProfile(userId, { phoneNumber: '13800000000' })
      expect(await store().findUser(userId)).toMatchObject({
        nickname: null,
        avatarUrl: 'https://a',
        phoneNumber: '13800000000',
      })
    })

    test('a login is noted, and who is unknown is undefined', async () => {
      const openid = unique('openid')
      const { userId } = await store().completeLogin(login({ openid }))
      await store().completeLogin(login({ openid, now: NOW + 90 }))
      const user = await store().findUser(userId)
      expect(user).toMatchObject({ createdAt: NOW, lastLoginAt: NOW + 90, phoneNumber: null })
      expect(await store().findUser('nobody')).toBeUndefined()
    })
  })
}
