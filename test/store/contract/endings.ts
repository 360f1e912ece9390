import type { NewLogin } from '../../../src/store/contract/sessions'
import type { Store } from '../../../src/store/contract/store'
import { LISTED_USERS } from '../../../src/store/contract/users'
import { claim, login, NOW, refOf, unique } from './samples'

const SPAM = { reason: 'spam', now: NOW + 1 }

/** What the operator does to users. */
export function endings(store: () => Store): void {
  /** So many logins of one person whose codes were claimed before. */
  async function begun(openid: string, count: number): Promise<NewLogin[]> {
    const logins = Array.from({ length: count }, () => login({ openid, unionid: `u-${openid}` }))
    for (const each of logins) {
      await store().codes.claim(claim(each.codeHash, each.owner))
      await store().sessions.begin(each)
    }
    return logins
  }
  const idsOf = (logins: readonly NewLogin[]) => logins.map(({ sessionId }) => sessionId).sort()
  const left = async (logins: readonly NewLogin[]) =>
    (await Promise.all(logins.map(each => store().sessions.find(refOf(each))))).filter(Boolean)

  describe('endings', () => {
    test('a disabled user loses all sessions, and nobody else one', async () => {
      const mine = await begun(unique('openid'), 3)
      const others = await begun(unique('openid'), 3)
      const { userId } = refOf(mine[0] as NewLogin)
      const ended = await store().users.disable(userId, SPAM)
      expect([...(ended ?? [])].sort()).toEqual(idsOf(mine))
      expect(await left(mine)).toEqual([])
      expect(await left(others)).toHaveLength(3)
      expect(await store().users.find(userId)).toMatchObject({
        disabledAt: NOW + 1,
        disabledReason: 'spam',
      })
    })

    test('a login of a disabled user makes no session, settles no code and changes nothing', async () => {
      const openid = unique('openid')
      const [first] = (await begun(openid, 1)) as [NewLogin]
      const { userId } = refOf(first)
      await store().users.disable(userId, { reason: null, now: NOW })
      const before = await store().users.find(userId)
      const refused = login({ openid, unionid: 'another', now: NOW + 5 })
      await store().codes.claim(claim(refused.codeHash, refused.owner))
      const answer = { userId, isNewUser: false, evicted: [], isDisabled: true }
      expect(await store().sessions.begin(refused)).toEqual(answer)
      expect(await store().sessions.list(userId, NOW)).toEqual([])
      expect(await store().codes.find(refused.codeHash)).toMatchObject({ status: 'claimed' })
      expect(await store().users.find(userId)).toEqual(before)
    })

    test('an enabled user logs in again, and older sessions stay ended', async () => {
      const openid = unique('openid')
      const older = await begun(openid, 1)
      const { userId } = refOf(older[0] as NewLogin)
      await store().users.disable(userId, SPAM)
      expect(await store().users.enable(userId)).toBe(true)
      const [again] = (await begun(openid, 1)) as [NewLogin]
      expect(refOf(again).userId).toBe(userId)
      expect(await left([...older, again])).toMatchObject([{ id: again.sessionId }])
      expect(await store().users.find(userId)).toMatchObject({
        disabledAt: null,
        disabledReason: null,
      })
    })

    test('nobody is disabled, enabled or erased', async () => {
      expect(await store().users.disable('nobody', SPAM)).toBeUndefined()
      expect(await store().users.enable('nobody')).toBe(false)
      expect(await store().users.erase('nobody', NOW)).toBeUndefined()
    })

    test('an erased person is found by nothing, and neither are sessions and codes', async () => {
      const openid = unique('openid')
      const mine = await begun(openid, 3)
      const { userId } = refOf(mine[0] as NewLogin)
      await store().users.update(userId, { phoneNumber: openid })
      await store().sessions.end(refOf(mine[1] as NewLogin))
      const ended = await store().users.erase(userId, NOW)
      expect([...(ended ?? [])].sort()).toEqual(idsOf([mine[0], mine[2]] as NewLogin[]))
      expect(await left(mine)).toEqual([])
      expect(await store().sessions.list(userId, NOW)).toEqual([])
      expect(await store().users.find(userId)).toBeUndefined()
      expect(await store().users.findByOpenid('wx0000000000000000', openid)).toBeUndefined()
      expect(await store().users.findByUnionid(`u-${openid}`)).toEqual([])
      expect(await store().users.findByPhone(openid)).toEqual([])
      for (const { codeHash } of mine) expect(await store().codes.find(codeHash)).toBeUndefined()
    })

    test('erasing one person leaves everybody else’s sessions and codes', async () => {
      const mine = await begun(unique('openid'), 1)
      const others = await begun(unique('openid'), 2)
      await store().users.erase(refOf(mine[0] as NewLogin).userId, NOW)
      expect(await left(others)).toHaveLength(2)
      for (const { codeHash } of others) {
        expect(await store().codes.find(codeHash)).toMatchObject({ status: 'done' })
      }
    })

    test('the next login of an erased person makes a new user, also of one who was disabled', async () => {
      const openid = unique('openid')
      const [first] = (await begun(openid, 1)) as [NewLogin]
      const { userId } = refOf(first)
      await store().users.disable(userId, SPAM)
      await store().users.erase(userId, NOW)
      const next = login({ openid, now: NOW + 5 })
      expect(await store().sessions.begin(next)).toMatchObject({
        userId: next.newUserId,
        isNewUser: true,
        isDisabled: false,
      })
      expect(await store().users.find(next.newUserId)).toMatchObject({
        createdAt: NOW + 5,
        unionid: null,
        disabledAt: null,
      })
    })

    test.each([
      ['disabled', (userId: string) => store().users.disable(userId, SPAM)],
      ['erased', (userId: string) => store().users.erase(userId, NOW)],
    ])('logins at the moment in which their user is %s leave no session', async (_, change) => {
      for (let round = 0; round < 10; round++) {
        const openid = unique('openid')
        const [first] = (await begun(openid, 1)) as [NewLogin]
        const { userId } = refOf(first)
        const racing = Array.from({ length: 6 }, () => login({ openid }))
        const before = racing.slice(0, 3).map(each => store().sessions.begin(each))
        const changing = change(userId)
        const after = racing.slice(3).map(each => store().sessions.begin(each))
        await Promise.all([...before, ...after, changing])
        expect(await store().sessions.list(userId, NOW)).toEqual([])
        for (const { sessionId: id } of racing) {
          expect(await store().sessions.find({ id, userId })).toBeUndefined()
        }
      }
    })

    test('every user is listed once, page by page', async () => {
      const added = await Promise.all(
        Array.from({ length: 120 }, () => store().sessions.begin(login())),
      )
      const found: string[] = []
      for (let after = ''; ; ) {
        const page = await store().users.list(after)
        expect(page.length).toBeLessThanOrEqual(LISTED_USERS)
        found.push(...page.map(({ id }) => id))
        if (page.length === 0) break
        after = String(found.at(-1))
      }
      expect(new Set(found).size).toBe(found.length)
      expect(found).toEqual(expect.arrayContaining(added.map(({ userId }) => userId)))
    })

    test('a use of a session is noted, and an earlier one changes nothing', async () => {
      const [one] = (await begun(unique('openid'), 1)) as [NewLogin]
      const ref = refOf(one)
      const lastUsedAt = async () => [
        (await store().sessions.find(ref))?.lastUsedAt,
        (await store().sessions.list(ref.userId, NOW))[0]?.lastUsedAt,
      ]
      expect(await lastUsedAt()).toEqual([NOW, NOW])
      await store().sessions.noteUse(ref, NOW + 20)
      await store().sessions.noteUse(ref, NOW + 10)
      expect(await lastUsedAt()).toEqual([NOW + 20, NOW + 20])
    })

    test('a use that is noted late brings no ended session back', async () => {
      const [one] = (await begun(unique('openid'), 1)) as [NewLogin]
      await store().sessions.end(refOf(one))
      await store().sessions.noteUse(refOf(one), NOW + 20)
      expect(await store().sessions.find(refOf(one))).toBeUndefined()
    })
  })
}
