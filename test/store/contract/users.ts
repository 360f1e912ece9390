import type { NewLogin } from '../../../src/store/contract/sessions'
import type { Store } from '../../../src/store/contract/store'
import { login, NOW, refOf, unique } from './samples'

export function users(store: () => Store): void {
  describe('users', () => {
    test('(appid, openid) is one user: 50 first logins at once, one of them new', async () => {
      const openid = unique('openid')
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, () => store().sessions.begin(login({ openid }))),
      )
      expect(outcomes.filter(({ isNewUser }) => isNewUser)).toHaveLength(1)
      expect(new Set(outcomes.map(({ userId }) => userId)).size).toBe(1)
    })

    test('the same openid in another app is another user', async () => {
      const openid = unique('openid')
      const one = await store().sessions.begin(login({ openid }))
      const two = await store().sessions.begin(login({ openid, appid: 'wx1111111111111111' }))
      expect(one.userId).not.toBe(two.userId)
    })

    test('openids differ by case, and any text is only text', async () => {
      const openids = ['oABC', 'oabc', "o'; drop table users; --", 'o"\\%_', '오픈🙂', ' o ', 'o']
      const ids = new Set<string>()
      for (const openid of openids) {
        const { userId } = await store().sessions.begin(login({ openid }))
        ids.add(userId)
        expect((await store().users.find(userId))?.openid).toBe(openid)
      }
      expect(ids.size).toBe(openids.length)
    })

    test('a unionid arrives late and stays when it is not named again', async () => {
      const openid = unique('openid')
      const { userId } = await store().sessions.begin(login({ openid }))
      expect((await store().users.find(userId))?.unionid).toBeNull()
      await store().sessions.begin(login({ openid, unionid: 'union' }))
      await store().sessions.begin(login({ openid }))
      expect((await store().users.find(userId))?.unionid).toBe('union')
    })

    test('an earlier session sees a unionid that a later login brought, or changed', async () => {
      const openid = unique('openid')
      const early = login({ openid })
      await store().sessions.begin(early)
      expect(await store().sessions.find(refOf(early))).toMatchObject({ unionid: null })
      await store().sessions.begin(login({ openid, unionid: 'union|1' }))
      expect(await store().sessions.find(refOf(early))).toMatchObject({ unionid: 'union|1' })
      await store().sessions.begin(login({ openid, now: NOW + 1 }))
      expect(await store().sessions.find(refOf(early))).toMatchObject({ unionid: 'union|1' })
      const late = login({ openid, unionid: 'union-2', now: NOW - 1 })
      await store().sessions.begin(late)
      for (const each of [early, late]) {
        const session = await store().sessions.find(refOf(each))
        expect(session).toMatchObject({ unionid: 'union-2', newestKeyHash: 'key-1' })
      }
    })

    test('a user is found by its identity, in its own app only', async () => {
      const one = login()
      const { userId } = await store().sessions.begin(one)
      const found = await store().users.findByOpenid(one.appid, one.openid)
      expect(found).toEqual(await store().users.find(userId))
      expect(found).toMatchObject({ id: userId, openid: one.openid, createdAt: NOW })
      expect(await store().users.findByOpenid('wx1111111111111111', one.openid)).toBeUndefined()
      expect(await store().users.findByOpenid(one.appid, unique('openid'))).toBeUndefined()
    })

    test('the same openid under two appids is two users, and the same unionid links them', async () => {
      const openid = unique('openid')
      const unionid = unique('union')
      const apps = ['wx0000000000000000', 'wx1111111111111111']
      const ids: string[] = []
      for (const [i, appid] of apps.entries()) {
        const each = login({ openid, unionid, appid, now: NOW + i })
        ids.push((await store().sessions.begin(each)).userId)
      }
      await store().sessions.begin(login({ unionid: unionid.toUpperCase() }))
      await store().sessions.begin(login())
      expect(new Set(ids).size).toBe(2)
      const linked = await store().users.findByUnionid(unionid)
      expect(linked.map(({ id, appid }) => [id, appid])).toEqual(ids.map((id, i) => [id, apps[i]]))
      expect(await store().users.findByUnionid(unique('union'))).toEqual([])
    })

    test('a unionid that changes takes the link with it, and the user stays who it was', async () => {
      const openid = unique('openid')
      const [before, after] = [unique('union'), unique('union')]
      const { userId } = await store().sessions.begin(login({ openid, unionid: before }))
      const other = await store().sessions.begin(login({ unionid: before }))
      await store().sessions.begin(login({ openid, unionid: after }))
      const idsOf = async (unionid: string) =>
        (await store().users.findByUnionid(unionid)).map(({ id }) => id)
      expect(await idsOf(before)).toEqual([other.userId])
      expect(await idsOf(after)).toEqual([userId])
    })

    test('all users with a phone number are found by it, and no longer once it is cleared', async () => {
      const phoneNumber = unique('+86138')
      const ids: string[] = []
      for (const now of [NOW, NOW + 1]) {
        const { userId } = await store().sessions.begin(login({ now }))
        await store().users.update(userId, { phoneNumber })
        ids.push(userId)
      }
      const idsFound = async () =>
        (await store().users.findByPhone(phoneNumber)).map(({ id }) => id)
      expect(await idsFound()).toEqual(ids)
      await store().users.update(String(ids[0]), { nickname: 'n' })
      expect(await idsFound()).toEqual(ids)
      await store().users.update(String(ids[0]), { phoneNumber: null })
      expect(await idsFound()).toEqual([ids[1]])
    })

    test('a profile changes where it is told to, and null clears', async () => {
      const { userId } = await store().sessions.begin(login())
      await store().users.update(userId, { nickname: '小明', avatarUrl: 'https://a' })
      await store().users.update(userId, { nickname: null })
      await store().users.update(userId, {})
      await store().users.update(userId, { phoneNumber: '13800000000' })
      expect(await store().users.find(userId)).toMatchObject({
        nickname: null,
        avatarUrl: 'https://a',
        phoneNumber: '13800000000',
      })
    })

    test('a login is noted, and who is unknown is undefined', async () => {
      const openid = unique('openid')
      const { userId } = await store().sessions.begin(login({ openid }))
      await store().sessions.begin(login({ openid, now: NOW + 90 }))
      const user = await store().users.find(userId)
      expect(user).toMatchObject({ createdAt: NOW, lastLoginAt: NOW + 90, phoneNumber: null })
      expect(await store().users.find('nobody')).toBeUndefined()
    })

    const checkOf = async (one: NewLogin) =>
      (await store().sessions.find(refOf(one)))?.newestKeyCheck

    test('what WeChat said of the newest key is kept, and the latest word counts', async () => {
      const one = login()
      const { userId } = await store().sessions.begin(one)
      await store().users.noteKeyCheck(userId, 'key-1', { at: NOW + 5, valid: true })
      expect(await checkOf(one)).toEqual({ at: NOW + 5, valid: true })
      await store().users.noteKeyCheck(userId, 'key-1', { at: NOW + 9, valid: false })
      await store().users.noteKeyCheck(userId, 'key-1', { at: NOW + 7, valid: true })
      expect(await checkOf(one)).toEqual({ at: NOW + 9, valid: false })
      expect(await store().sessions.find(refOf(one))).toMatchObject({
        newestKeyHash: 'key-1',
        newestKeyAt: NOW,
      })
    })

    test('what is known of the user otherwise stays: a unionid that came late', async () => {
      const openid = unique('openid')
      const older = login({ openid })
      await store().sessions.begin(older)
      const { userId } = await store().sessions.begin(login({ openid, unionid: 'late' }))
      await store().users.noteKeyCheck(userId, 'key-1', { at: NOW + 5, valid: true })
      expect((await store().sessions.find(refOf(older)))?.unionid).toBe('late')
      await store().users.replaceNewestKey(userId, { from: 'key-1', to: 'key-2', now: NOW + 6 })
      expect((await store().sessions.find(refOf(older)))?.unionid).toBe('late')
    })

    test('what it said of a key that is not the newest is nothing about the newest', async () => {
      const openid = unique('openid')
      const older = login({ openid })
      const newer = login({ openid, sessionKeyHash: 'key-2', now: NOW + 10 })
      const { userId } = await store().sessions.begin(older)
      await store().sessions.begin(newer)
      await store().users.noteKeyCheck(userId, 'key-1', { at: NOW + 20, valid: false })
      expect(await checkOf(newer)).toBeNull()
    })

    test('a newer key has a clean record; a login that comes in late changes none', async () => {
      const openid = unique('openid')
      const { userId } = await store().sessions.begin(login({ openid }))
      await store().users.noteKeyCheck(userId, 'key-1', { at: NOW + 5, valid: false })
      const late = login({ openid, sessionKeyHash: 'key-0', now: NOW - 10 })
      await store().sessions.begin(late)
      expect(await checkOf(late)).toEqual({ at: NOW + 5, valid: false })
      const newer = login({ openid, sessionKeyHash: 'key-2', now: NOW + 10 })
      await store().sessions.begin(newer)
      expect(await checkOf(newer)).toBeNull()
    })

    test('the newest key gives way to the one that replaced it, and to no other', async () => {
      const one = login()
      const { userId } = await store().sessions.begin(one)
      await store().users.noteKeyCheck(userId, 'key-1', { at: NOW + 5, valid: true })
      await store().users.replaceNewestKey(userId, { from: 'key-0', to: 'key-9', now: NOW + 8 })
      await store().users.replaceNewestKey(userId, { from: 'key-1', to: 'key-2', now: NOW + 9 })
      expect(await store().sessions.find(refOf(one))).toMatchObject({
        sessionKeyHash: 'key-1',
        newestKeyHash: 'key-2',
        newestKeyAt: NOW + 9,
        newestKeyCheck: null,
      })
    })

    test('a login without a session_key leaves the newest one and its check as they are', async () => {
      const openid = unique('openid')
      const { userId } = await store().sessions.begin(login({ openid }))
      await store().users.noteKeyCheck(userId, 'key-1', { at: NOW + 5, valid: true })
      const without = login({ openid, sessionKeyHash: null, now: NOW + 10 })
      await store().sessions.begin(without)
      expect(await store().sessions.find(refOf(without))).toMatchObject({
        sessionKeyHash: null,
        newestKeyHash: 'key-1',
        newestKeyAt: NOW,
        newestKeyCheck: { at: NOW + 5, valid: true },
      })
      expect(await store().users.find(userId)).toMatchObject({ lastLoginAt: NOW + 10 })
    })

    test('the first session_key that a user brings is the newest, whatever came without one', async () => {
      const openid = unique('openid')
      const without = login({ openid, sessionKeyHash: null, now: NOW + 10 })
      await store().sessions.begin(without)
      const late = login({ openid, now: NOW })
      await store().sessions.begin(late)
      for (const each of [without, late]) {
        const session = await store().sessions.find(refOf(each))
        expect(session).toMatchObject({ newestKeyHash: 'key-1', newestKeyAt: NOW })
      }
    })
  })
}
