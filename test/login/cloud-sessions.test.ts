import { LoginError } from '../../src/errors'
import type { CloudUser } from '../../src/login/cloud-sessions'
import { createMemoryStore } from '../../src/store/memory/memory-store'
import { APPID, failing, ORIGIN, OTHER_APPID, SESSION_TTL_SECONDS, startParts } from './parts'

const ALICE: CloudUser = { appid: APPID, openid: 'openid-of-alice' }

function start(options: Parameters<typeof startParts>[0] = {}) {
  const parts = startParts(options)
  const sessionsOf = (userId: string) => parts.store.sessions.list(userId, parts.clock.ms)
  return {
    ...parts,
    sessionsOf,
    claimsOf: (user = ALICE) => parts.cloudSessions.claimsOf(user, ORIGIN),
  }
}

test('a user whom nobody knew gets a session without a session_key, told as a login once', async () => {
  const { claimsOf, told, sessionsOf, store } = start()
  const claims = await claimsOf()
  expect(await claimsOf()).toBe(claims)
  expect(claims).toMatchObject({ aud: APPID, sub: expect.any(String), sid: expect.any(String) })
  const [session, ...others] = await sessionsOf(claims.sub)
  expect(others).toEqual([])
  expect(session).toMatchObject({ id: claims.sid, sessionKeyHash: null })
  expect(await store.users.findByOpenid(APPID, ALICE.openid)).toMatchObject({ id: claims.sub })
  expect(told).toEqual([
    {
      ...{ type: 'login.succeeded', appid: APPID, userId: claims.sub, sessionId: claims.sid },
      ...{ isNewUser: true, durationMs: expect.any(Number), ...ORIGIN },
    },
  ])
})

test('the user is the one of a code, and that login’s session_key stays the newest', async () => {
  const { claimsOf, sessionOf, told, store } = start()
  const byCode = await sessionOf('alice')
  told.length = 0
  const claims = await claimsOf()
  expect(claims.sub).toBe(byCode.userId)
  expect(claims.sid).not.toBe(byCode.id)
  expect(told).toMatchObject([{ type: 'login.succeeded', isNewUser: false }])
  const found = await store.sessions.find({ id: byCode.id, userId: byCode.userId })
  expect(found?.newestKeyHash).toBe(byCode.sessionKeyHash)
})

test('five requests at launch begin one session', async () => {
  const { claimsOf, told } = start()
  const claims = await Promise.all(Array.from({ length: 5 }, () => claimsOf()))
  expect(new Set(claims).size).toBe(1)
  expect(told).toMatchObject([{ type: 'login.succeeded', sharers: 4 }])
})

test('another instance finds the session that runs, and tells nothing', async () => {
  const store = createMemoryStore()
  const [first, second] = [start({ store }), start({ store })]
  const claims = await first.claimsOf()
  expect(await second.claimsOf()).toMatchObject({ sid: claims.sid, sub: claims.sub })
  expect(second.told).toEqual([])
})

test('two apps’ users with one openid are two', async () => {
  const { claimsOf } = start()
  const [one, other] = [await claimsOf(), await claimsOf({ ...ALICE, appid: OTHER_APPID })]
  expect(one.sub).not.toBe(other.sub)
})

test('a session that has ended is forgotten, and another one is begun', async () => {
  const { claimsOf, cloudSessions, store, heard } = start()
  const claims = await claimsOf()
  await store.sessions.end({ id: claims.sid, userId: claims.sub })
  expect(await claimsOf()).toBe(claims)
  cloudSessions.forget(ALICE, claims)
  const next = await claimsOf()
  expect(next.sub).toBe(claims.sub)
  expect(next.sid).not.toBe(claims.sid)
  expect(heard('login.succeeded')).toHaveLength(2)
  // Whoever comes late with the old one forgets nothing new.
  cloudSessions.forget(ALICE, claims)
  expect(await claimsOf()).toBe(next)
})

test('a session past its end, or idle for too long, is not taken up again', async () => {
  const store = createMemoryStore()
  const first = start({ store, idleSeconds: 600 })
  const claims = await first.claimsOf()
  const later = start({ store, idleSeconds: 600, clock: first.clock })
  first.clock.advance(601)
  expect((await later.claimsOf()).sid).not.toBe(claims.sid)
  first.clock.advance(SESSION_TTL_SECONDS)
  const last = start({ store, clock: first.clock })
  expect((await last.claimsOf()).sid).not.toBe(claims.sid)
})

test('a unionid that is new is written, with its proof', async () => {
  const store = createMemoryStore()
  await start({ store }).claimsOf()
  const { claimsOf, bonds } = start({ store })
  const { sub: userId } = await claimsOf({ ...ALICE, unionid: 'union' })
  const user = await store.users.find(userId)
  expect(user?.unionid).toBe('union')
  const unionidProof = user?.unionidProof ?? null
  expect(await bonds.holdsUnionid({ userId, unionid: 'union', unionidProof })).toBe(true)
})

test('a unionid that comes while the session is remembered is written, once', async () => {
  const { claimsOf, store, heard } = start()
  const { sub: userId } = await claimsOf()
  const named = { ...ALICE, unionid: 'union' }
  const claims = await claimsOf(named)
  expect(claims.sub).toBe(userId)
  expect((await store.users.find(userId))?.unionid).toBe('union')
  expect(await claimsOf(named)).toBe(claims)
  // The gateway leaves it out where it does not know it: that is no other user.
  expect(await claimsOf()).toBe(claims)
  expect(heard('login.succeeded')).toHaveLength(2)
})

test('a disabled user is refused each time, and no session is begun', async () => {
  const { claimsOf, cloudSessions, users, sessionsOf, heard } = start()
  const claims = await claimsOf()
  await users.disable(claims.sub)
  cloudSessions.forget(ALICE, claims)
  heard('login.succeeded')
  for (let i = 0; i < 2; i++)
    await expect(claimsOf()).rejects.toMatchObject({ code: 'user_disabled' })
  expect(await sessionsOf(claims.sub)).toEqual([])
  expect(heard('login.refused')).toMatchObject([
    { error: 'user_disabled', appid: APPID, ...ORIGIN },
    { error: 'user_disabled' },
  ])
  await users.enable(claims.sub)
  expect((await claimsOf()).sub).toBe(claims.sub)
})

test('a store that is down has logged nobody in, and that is told', async () => {
  const store = createMemoryStore()
  const down = () => Promise.reject(new LoginError('store_unavailable', { reason: 'timeout' }))
  const { claimsOf, told } = start({
    store: { ...store, users: failing(store.users, { findByOpenid: down }) },
  })
  await expect(claimsOf()).rejects.toMatchObject({ code: 'store_unavailable' })
  expect(told).toMatchObject([{ type: 'login.failed', error: 'store_unavailable', appid: APPID }])
})

describe('the store is not believed:', () => {
  test('a session of another user’s under this user’s id is not taken up', async () => {
    const store = createMemoryStore()
    const first = start({ store })
    const mallory = await first.claimsOf({ appid: APPID, openid: 'openid-of-mallory' })
    const alice = await first.claimsOf()
    const [own] = await first.sessionsOf(mallory.sub)
    const swapped = failing(store.sessions, {
      list: async userId => (userId === alice.sub && own ? [own] : []),
    })
    const second = start({ store: { ...store, sessions: swapped } })
    expect((await second.claimsOf()).sid).not.toBe(mallory.sid)
  })

  test('a user without a right proof is not served', async () => {
    const store = createMemoryStore()
    await start({ store, adoptUsers: 'off' }).claimsOf()
    const user = await store.users.findByOpenid(APPID, ALICE.openid)
    const users = failing(store.users, {
      findByOpenid: async () => user && { ...user, id: 'somebody-else' },
    })
    const { claimsOf } = start({ store: { ...store, users }, adoptUsers: 'off' })
    await expect(claimsOf()).rejects.toMatchObject({ reason: 'user_unproven' })
  })
})
