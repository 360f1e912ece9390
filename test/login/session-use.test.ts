import { createSessionUse } from '../../src/login/session-use'
import type { Session, SessionRef } from '../../src/store/contract/sessions'
import { Clock } from '../support/clock'
import { ORIGIN, startParts } from './parts'

const IDLE_SECONDS = 1000

/** A session that was just used, and a store that counts the notes. */
function setUp(noteUse?: (ref: SessionRef, now: number) => Promise<void>) {
  const clock = new Clock()
  const noted: number[] = []
  const store = {
    sessions: {
      async noteUse(ref: SessionRef, now: number) {
        noted.push(now)
        await noteUse?.(ref, now)
      },
    },
  }
  const use = createSessionUse({ store, idleSeconds: IDLE_SECONDS, now: clock.now })
  const session = { id: 's', userId: 'u', lastUsedAt: clock.now() } as Session
  return { clock, noted, use, session }
}

test('a session is idle once it was not used for so long, and not a moment before', () => {
  const { clock, use, session } = setUp()
  clock.ms += IDLE_SECONDS * 1000 - 1
  expect(use.isIdle(session)).toBe(false)
  clock.ms += 1
  expect(use.isIdle(session)).toBe(true)
})

test('a use is noted once in a tenth of the idle time', () => {
  const { clock, noted, use, session } = setUp()
  clock.ms += IDLE_SECONDS * 100 - 1
  use.note(session)
  expect(noted).toEqual([])
  clock.ms += 1
  use.note(session)
  expect(noted).toEqual([clock.now()])
})

test('of 100 requests at once one writes', () => {
  const { clock, noted, use, session } = setUp(() => new Promise(() => {}))
  clock.advance(IDLE_SECONDS / 2)
  for (let i = 0; i < 100; i++) use.note(session)
  expect(noted).toHaveLength(1)
})

test('a note that the store does not take disturbs nobody, and is made at the next request', async () => {
  const { clock, noted, use, session } = setUp(() => Promise.reject(new Error('down')))
  clock.advance(IDLE_SECONDS / 2)
  use.note(session)
  await new Promise(setImmediate)
  use.note(session)
  expect(noted).toHaveLength(2)
})

test('without a limit no session is idle and nothing is ever written', () => {
  const never = () => Promise.reject(new Error('written'))
  const store = { sessions: { noteUse: never } }
  const use = createSessionUse({ store, idleSeconds: undefined, now: () => 1e15 })
  const session = { id: 's', userId: 'u', lastUsedAt: 0 } as Session
  use.note(session)
  expect(use.isIdle(session)).toBe(false)
})

test('an idle session is refused as expired, is told once, and runs no more whatever comes late', async () => {
  const parts = startParts({ idleSeconds: IDLE_SECONDS })
  const { clock, login, identify, store, heard } = parts
  const { token, userId, sessionId } = await login({ code: 'ann' }, ORIGIN)
  clock.advance(IDLE_SECONDS)
  for (let i = 0; i < 2; i++) {
    await expect(identify({ token }, { origin: ORIGIN })).rejects.toMatchObject({
      code: 'session_ended',
      reason: 'expired',
    })
  }
  expect(heard('session.ended')).toMatchObject([{ reason: 'expired', userId, sessionId }])
  await store.sessions.noteUse({ id: sessionId, userId }, clock.now())
  expect(await store.sessions.find({ id: sessionId, userId })).toBeUndefined()
})

test('a guarded request is a use, and a look is none', async () => {
  const { clock, login, identify, store } = startParts({ idleSeconds: IDLE_SECONDS })
  const { token, userId, sessionId: id } = await login({ code: 'ann' }, ORIGIN)
  const lastUsedAt = async () => (await store.sessions.find({ id, userId }))?.lastUsedAt
  const begun = clock.now()
  clock.advance(IDLE_SECONDS / 2)
  await identify({ token }, { origin: ORIGIN, isLook: true })
  expect(await lastUsedAt()).toBe(begun)
  await identify({ token }, { origin: ORIGIN })
  expect(await lastUsedAt()).toBe(clock.now())
})
