import { LoginError } from '../../src/errors'
import { publicSessionId } from '../../src/login/public-session-id'
import { createUserSessions } from '../../src/login/user-sessions'
import { failing, ORIGIN, startParts } from './parts'

const platform = {
  exchangeCode: async (code: string) => ({ openid: `o-${code[0]}`, sessionKey: 'key' }),
}

/** Two sessions of A and one of B. */
async function setUp(idleSeconds?: number) {
  const parts = startParts({ platform, ...(idleSeconds !== undefined && { idleSeconds }) })
  const older = await parts.sessionOf('A1')
  parts.clock.advance(10)
  const newer = await parts.sessionOf('A2')
  const foreign = await parts.sessionOf('B1')
  parts.told.length = 0
  return { ...parts, older, newer, foreign }
}

test('the list shows what runs, the newest first, and neither the ids nor what is sealed', async () => {
  const { sessions, older, newer } = await setUp()
  expect(await sessions.list(older.userId)).toEqual(
    [newer, older].map(({ id, createdAt, expiresAt }) => {
      return { id: publicSessionId(id), createdAt, expiresAt }
    }),
  )
})

test('an idle session is not listed and cannot be ended', async () => {
  const { sessions, clock, older, newer } = await setUp(100)
  clock.advance(95)
  expect(await sessions.list(older.userId)).toMatchObject([{ id: publicSessionId(newer.id) }])
  const ending = sessions.end(newer, publicSessionId(older.id), ORIGIN)
  await expect(ending).rejects.toMatchObject({ code: 'not_found' })
})

test('ending one ends that one, and its event says so', async () => {
  const { sessions, store, older, newer, told } = await setUp()
  await sessions.end(newer, publicSessionId(older.id), ORIGIN)
  expect(await store.sessions.find(older)).toBeUndefined()
  expect(await store.sessions.find(newer)).toBeDefined()
  const { id: sessionId, userId, appid } = older
  expect(told).toEqual([
    { type: 'session.ended', reason: 'logout', appid, userId, sessionId, ...ORIGIN },
  ])
})

test('another user’s session is not found, runs on, and nothing is told', async () => {
  const { sessions, store, foreign, newer, told } = await setUp()
  const ending = sessions.end(newer, publicSessionId(foreign.id), ORIGIN)
  await expect(ending).rejects.toMatchObject({ code: 'not_found' })
  expect(await store.sessions.find(foreign)).toBeDefined()
  expect(told).toEqual([])
})

test('a session that ends at the same time by another request is told once', async () => {
  const { sessions, older, newer, told } = await setUp()
  const both = [1, 2].map(() => sessions.end(newer, publicSessionId(older.id), ORIGIN))
  const outcomes = await Promise.allSettled(both)
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(told).toHaveLength(1)
})

test('while the store is down nothing is told', async () => {
  const { store, use, ends, clock, older, newer, told } = await setUp()
  const down = async () => {
    throw new LoginError('store_unavailable')
  }
  const broken = { sessions: failing(store.sessions, { end: down }) }
  const sessions = createUserSessions({ store: broken, use, ends, now: clock.now })
  const ending = sessions.end(newer, publicSessionId(older.id), ORIGIN)
  await expect(ending).rejects.toMatchObject({ code: 'store_unavailable' })
  expect(told).toEqual([])
})
