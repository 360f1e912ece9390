import fc from 'fast-check'
import { LoginError } from '../../src/errors'
import { createCheckLogin } from '../../src/login/check-login'
import type { Identity } from '../../src/login/identify'
import type { Session } from '../../src/store/contract/sessions'
import { Clock } from '../support/clock'
import { ORIGIN, startParts } from './parts'

const clock = new Clock()

/** What is said of a session with these fields, whose token has so many seconds left of an hour. */
async function stateOf(session: Partial<Session>, secondsLeft = 3600) {
  const seconds = clock.ms / 1000
  const identity = {
    claims: { iat: seconds - 3600 + secondsLeft, exp: seconds + secondsLeft },
    session: {
      ...{ sessionKeyHash: 'a', newestKeyHash: 'a', newestKeyAt: clock.ms, newestKeyCheck: null },
      ...{ expiresAt: clock.ms + 86_400_000, ...session },
    },
  } as unknown as Identity
  return createCheckLogin(async () => identity, clock.now)('token', ORIGIN)
}

test('a logged-in caller hears how long the token runs', async () => {
  expect(await stateOf({})).toEqual({
    ...{ isLogin: true, expiresIn: 3600, sessionKey: 'fresh', next: 'none' },
  })
})

test.each([
  [900, 'none'],
  [899, 'renew'],
  [1, 'renew'],
] as const)('with %i of 3600 seconds left, next is %s', async (left, next) => {
  expect(await stateOf({}, left)).toMatchObject({ next, expiresIn: left })
})

test('a token that runs to its session’s end is not worth renewing', async () => {
  expect(await stateOf({ expiresAt: clock.ms + 10_000 }, 10)).toMatchObject({ next: 'none' })
})

const MINUTES = 60_000
test.each<[string, Partial<Session>, string]>([
  ['WeChat gave it 5 minutes ago', { newestKeyAt: clock.ms - 5 * MINUTES }, 'fresh'],
  ['WeChat gave it longer ago', { newestKeyAt: clock.ms - 5 * MINUTES - 1 }, 'unknown'],
  [
    'WeChat confirmed it 5 minutes ago',
    { newestKeyAt: 0, newestKeyCheck: { at: clock.ms - 5 * MINUTES, valid: true } },
    'fresh',
  ],
  ['WeChat denied it', { newestKeyCheck: { at: clock.ms, valid: false } }, 'replaced'],
  ['a newer login brought another', { newestKeyHash: 'b' }, 'replaced'],
  ['the login brought none', { sessionKeyHash: null, newestKeyHash: null }, 'unknown'],
])('the session_key, when %s, is told as it is', async (_name, session, sessionKey) => {
  expect(await stateOf(session)).toMatchObject({ isLogin: true, sessionKey })
})

test.each(['token_missing', 'token_invalid', 'token_expired', 'session_ended'] as const)(
  '%s is an answer, and the answer is to log in',
  async code => {
    const check = createCheckLogin(() => Promise.reject(new LoginError(code)), clock.now)
    expect(await check(undefined, ORIGIN)).toEqual({
      ...{ isLogin: false, expiresIn: 0, sessionKey: 'unknown', next: 'login', reason: code },
    })
  },
)

test('a store that cannot be asked is no answer', async () => {
  const error = new LoginError('store_unavailable')
  await expect(createCheckLogin(() => Promise.reject(error), clock.now)('t', ORIGIN)).rejects.toBe(
    error,
  )
})

test('a check is no use of the session: nothing of it changes, however often it is asked', async () => {
  const { clock: ours, identify, login, store } = startParts({ idleSeconds: 1000 })
  const { token, sessionId: id, userId } = await login({ code: 'ann' }, ORIGIN)
  const before = await store.sessions.find({ id, userId })
  const check = createCheckLogin(identify, ours.now)
  ours.advance(900)
  for (let i = 0; i < 1000; i++) expect(await check(token, ORIGIN)).toMatchObject({ isLogin: true })
  expect(await store.sessions.find({ id, userId })).toEqual(before)
})

test('a forged token is told, with the request that showed it', async () => {
  const { identify, heard } = startParts()
  await createCheckLogin(identify, clock.now)('forged', ORIGIN)
  expect(heard('token.refused')).toMatchObject([{ error: 'token_invalid', ...ORIGIN }])
})

test('whatever the times, a token that is logged in has time left, in whole seconds', async () => {
  const times = fc.tuple(fc.integer({ min: 1, max: 3600 }), fc.integer({ min: 0, max: 999 }))
  await fc.assert(
    fc.asyncProperty(times, async ([left, ms]) => {
      clock.ms += ms
      const { expiresIn } = await stateOf({}, left - ms / 1000 / 2)
      expect(Number.isInteger(expiresIn) && expiresIn >= 1 && expiresIn <= left).toBe(true)
    }),
  )
})
