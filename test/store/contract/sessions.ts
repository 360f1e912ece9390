import type { NewLogin } from '../../../src/store/contract/sessions'
import type { Store } from '../../../src/store/contract/store'
import { login, NOW, refOf, unique } from './samples'

export function sessions(store: () => Store): void {
  describe('sessions', () => {
    test('a session comes with its user in one look', async () => {
      const one = login({ unionid: 'u', unionidProof: 'proof' })
      const { userId } = await store().sessions.begin(one)
      expect(await store().sessions.find(refOf(one))).toEqual({
        id: one.sessionId,
        userId,
        appid: one.appid,
        openid: one.openid,
        unionid: 'u',
        unionidProof: 'proof',
        sealed: 'kid.sealed',
        sessionKeyHash: 'key-1',
        createdAt: NOW,
        expiresAt: NOW + 1000,
        lastUsedAt: NOW,
        newestKeyHash: 'key-1',
        newestKeyAt: NOW,
        newestKeyCheck: null,
      })
    })

    test('a login that no code made, and without a session_key, is a session like any other', async () => {
      const openid = unique('openid')
      const first = login({ openid })
      await store().sessions.begin(first)
      const bare = login({ openid, sessionKeyHash: null, now: NOW + 10 })
      expect(await store().codes.find(bare.codeHash)).toBeUndefined()
      await store().sessions.begin(bare)
      expect(await store().sessions.find(refOf(bare))).toMatchObject({
        sessionKeyHash: null,
        newestKeyHash: 'key-1',
        newestKeyAt: NOW,
      })
      const [newest] = await store().sessions.list(refOf(bare).userId, NOW + 10)
      expect(newest).toMatchObject({ id: bare.sessionId, sessionKeyHash: null })
      // Nothing is settled: the code's record is not there, or can be claimed by nobody's name.
      expect((await store().codes.find(bare.codeHash))?.userId ?? null).toBeNull()
      expect(await store().sessions.end(refOf(bare))).toBe(true)
    })

    test('an older session sees that a newer login brought another session_key', async () => {
      const openid = unique('openid')
      const older = login({ openid })
      await store().sessions.begin(older)
      await store().sessions.begin(login({ openid, sessionKeyHash: 'key-2', now: NOW + 10 }))
      await store().sessions.begin(login({ openid, sessionKeyHash: 'key-0', now: NOW - 10 }))
      expect(await store().sessions.find(refOf(older))).toMatchObject({
        sessionKeyHash: 'key-1',
        newestKeyHash: 'key-2',
        newestKeyAt: NOW + 10,
      })
    })

    test('an ended session is gone, and ending it once more says that there was none', async () => {
      const one = login()
      await store().sessions.begin(one)
      expect(await store().sessions.end(refOf(one))).toBe(true)
      expect(await store().sessions.end(refOf(one))).toBe(false)
      expect(await store().sessions.find(refOf(one))).toBeUndefined()
    })

    test('a session ends only under the name of its own user', async () => {
      const one = login()
      await store().sessions.begin(one)
      const foreign = { id: one.sessionId, userId: unique('user') }
      expect(await store().sessions.find(foreign)).toBeUndefined()
      expect(await store().sessions.end(foreign)).toBe(false)
      expect(await store().sessions.find(refOf(one))).toBeDefined()
    })

    test('ending all sessions of a user ends no one else’s', async () => {
      const openid = unique('openid')
      const mine = [login({ openid }), login({ openid })]
      const other = login()
      const [{ userId } = { userId: '' }] = await Promise.all(
        [...mine, other].map(each => store().sessions.begin(each)),
      )
      const ended = await store().sessions.endAll(userId)
      expect([...ended].sort()).toEqual(mine.map(({ sessionId }) => sessionId).sort())
      expect(await store().sessions.endAll(userId)).toEqual([])
      for (const each of mine) expect(await store().sessions.find(refOf(each))).toBeUndefined()
      expect(await store().sessions.find(refOf(other))).toBeDefined()
    })

    test('of 50 logins at once ten sessions stay', async () => {
      const openid = unique('openid')
      const logins = Array.from({ length: 50 }, () => login({ openid }))
      await Promise.all(logins.map(each => store().sessions.begin(each)))
      const found = await Promise.all(logins.map(each => store().sessions.find(refOf(each))))
      expect(found.filter(Boolean)).toHaveLength(10)
      const { userId } = refOf(logins[0] as NewLogin)
      expect(await store().sessions.list(userId, NOW)).toHaveLength(10)
    })

    test('the eleventh login ends the oldest session, and says which', async () => {
      const openid = unique('openid')
      const logins = Array.from({ length: 12 }, (_, age) => login({ openid, now: NOW + age }))
      const evicted: (readonly string[])[] = []
      for (const each of logins) evicted.push((await store().sessions.begin(each)).evicted)
      const [first, second, ...others] = logins.map(({ sessionId }) => sessionId)
      expect(evicted).toEqual([...others.map(() => []), [first], [second]])
      const { userId } = refOf(logins[0] as NewLogin)
      const left = await store().sessions.list(userId, NOW)
      expect(left.map(({ id }) => id)).toEqual(others.reverse())
    })

    test('a newer login with the same session_key makes it newer, on every session', async () => {
      const openid = unique('openid')
      const older = login({ openid })
      await store().sessions.begin(older)
      await store().sessions.find(refOf(older))
      await store().sessions.begin(login({ openid, now: NOW + 10 }))
      expect(await store().sessions.find(refOf(older))).toMatchObject({
        sessionKeyHash: 'key-1',
        newestKeyHash: 'key-1',
        newestKeyAt: NOW + 10,
      })
    })

    test('the sealed keys of a user come newest first, the ended and the foreign left out', async () => {
      const openid = unique('openid')
      const aged = (age: number) => login({ openid, sealed: `kid.${age}`, now: NOW - age })
      const [one, two, three, four] = [aged(1), aged(2), aged(3), aged(4)]
      for (const each of [three, one, four, two, login()]) await store().sessions.begin(each)
      await store().sessions.end(refOf(three))
      await store().sessions.reseal(refOf(two), { sealed: 'kid2.2', from: 'key-1' })
      const { userId } = refOf(one)
      expect(await store().sessions.list(userId, NOW)).toMatchObject([
        { id: one.sessionId, sealed: 'kid.1' },
        { id: two.sessionId, sealed: 'kid2.2' },
        { id: four.sessionId, sealed: 'kid.4' },
      ])
      expect(await store().sessions.list('nobody', NOW)).toEqual([])
      await store().sessions.endAll(userId)
      expect(await store().sessions.list(userId, NOW)).toEqual([])
    })

    test('a listed session is what it is by itself, without its user', async () => {
      const one = login()
      await store().sessions.begin(one)
      expect(await store().sessions.list(refOf(one).userId, NOW)).toEqual([
        {
          id: one.sessionId,
          sealed: 'kid.sealed',
          sessionKeyHash: 'key-1',
          createdAt: NOW,
          expiresAt: NOW + 1000,
          lastUsedAt: NOW,
        },
      ])
    })

    test('the sealed keys are those of sessions that still run by the caller’s clock', async () => {
      const openid = unique('openid')
      const short = login({ openid, expiresAt: NOW + 60_000 })
      const long = login({ openid, expiresAt: NOW + 60_001 })
      for (const each of [short, long]) await store().sessions.begin(each)
      const left = await store().sessions.list(refOf(long).userId, NOW + 60_000)
      expect(left.map(({ id }) => id)).toEqual([long.sessionId])
    })

    test('a session’s secrets can be sealed anew', async () => {
      const one = login()
      await store().sessions.begin(one)
      await store().sessions.reseal(refOf(one), { sealed: 'kid2.sealed', from: 'key-1' })
      expect(await store().sessions.find(refOf(one))).toMatchObject({
        sealed: 'kid2.sealed',
        sessionKeyHash: 'key-1',
      })
    })

    test('a renewal that began before the log-out brings no ended session back', async () => {
      const one = login()
      await store().sessions.begin(one)
      expect(await store().sessions.find(refOf(one))).toBeDefined()
      await store().sessions.end(refOf(one))
      await store().sessions.reseal(refOf(one), { sealed: 'kid2.sealed', from: 'key-1' })
      expect(await store().sessions.find(refOf(one))).toBeUndefined()
    })

    test('a session that holds another key by now is not sealed back', async () => {
      const one = login()
      await store().sessions.begin(one)
      await store().sessions.reseal(refOf(one), {
        sealed: 'new',
        from: 'key-1',
        sessionKeyHash: 'key-2',
      })
      await store().sessions.reseal(refOf(one), { sealed: 'late', from: 'key-1' })
      expect(await store().sessions.find(refOf(one))).toMatchObject({
        sealed: 'new',
        sessionKeyHash: 'key-2',
      })
      await store().sessions.end(refOf(one))
      await store().sessions.reseal(refOf(one), { sealed: 'dead', from: 'key-2' })
      expect(await store().sessions.find(refOf(one))).toBeUndefined()
    })

    test('a session that is sealed anew for another reason at the same moment holds the new key', async () => {
      const one = login()
      await store().sessions.begin(one)
      await Promise.all([
        store().sessions.reseal(refOf(one), { sealed: 'by another secret', from: 'key-1' }),
        store().sessions.reseal(refOf(one), {
          sealed: 'new key',
          from: 'key-1',
          sessionKeyHash: 'key-2',
        }),
      ])
      expect(await store().sessions.find(refOf(one))).toMatchObject({
        sealed: 'new key',
        sessionKeyHash: 'key-2',
      })
    })

    test('a session may hold no session_key, and none is null', async () => {
      const one = login({ sessionKeyHash: null })
      const { userId } = await store().sessions.begin(one)
      expect(await store().sessions.find(refOf(one))).toMatchObject({
        sealed: 'kid.sealed',
        sessionKeyHash: null,
        newestKeyHash: null,
        newestKeyCheck: null,
      })
      expect(await store().sessions.list(userId, NOW)).toMatchObject([{ sessionKeyHash: null }])
    })

    test('a session without a session_key is sealed anew as one without, or with its first', async () => {
      const one = login({ sessionKeyHash: null })
      await store().sessions.begin(one)
      const found = async () => {
        const session = await store().sessions.find(refOf(one))
        return [session?.sealed, session?.sessionKeyHash]
      }
      await store().sessions.reseal(refOf(one), { sealed: 'not this one', from: 'key-1' })
      expect(await found()).toEqual(['kid.sealed', null])
      await store().sessions.reseal(refOf(one), { sealed: 'by a new secret', from: null })
      expect(await found()).toEqual(['by a new secret', null])
      const first = { sealed: 'with a key', from: null, sessionKeyHash: 'key-1' }
      await store().sessions.reseal(refOf(one), first)
      expect(await found()).toEqual(['with a key', 'key-1'])
      await store().sessions.reseal(refOf(one), { sealed: 'too late', from: null })
      expect(await found()).toEqual(['with a key', 'key-1'])
    })

    test('a session can lose its session_key', async () => {
      const one = login()
      await store().sessions.begin(one)
      const without = { sealed: 'without', from: 'key-1', sessionKeyHash: null }
      await store().sessions.reseal(refOf(one), without)
      const session = await store().sessions.find(refOf(one))
      expect(session).toMatchObject({ sealed: 'without', sessionKeyHash: null })
    })
  })
}
