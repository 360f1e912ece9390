import { createCheckLogin } from '../../src/login/check-login'
import { createResetSessionKey } from '../../src/login/reset-session-key'
import type { Session } from '../../src/store/contract/sessions'
import { ORIGIN, startParts } from './parts'

/** Sessions of one user that log in with these session_keys, one after the other. */
async function setUp(keys: readonly string[], answer: () => Promise<string | undefined>) {
  const brought = [...keys]
  const exchangeCode = async () => ({ openid: 'oAnn', sessionKey: String(brought.shift()) })
  const parts = startParts({ platform: { exchangeCode } })
  const { store, secrets, clock } = parts
  const sessions: Session[] = []
  for (const code of keys.keys()) {
    sessions.push(await parts.sessionOf(`${code}`))
    clock.advance(1)
  }
  const resetSessionKey = jest.fn(answer)
  const reset = createResetSessionKey({
    ...{ platform: { resetSessionKey }, store, secrets, now: clock.now },
  })
  const keysNow = () =>
    Promise.all(
      sessions.map(async ref => {
        const session = await store.sessions.find(ref)
        return session && secrets.tryOpen(session)?.sessionKey
      }),
    )
  const stateOf = async (session: Session) => {
    const found = (await store.sessions.find(session)) as Session
    const { token } = parts.issueToken(found)
    return (await createCheckLogin(parts.identify, clock.now)(token, ORIGIN)).sessionKey
  }
  const userId = String(sessions[0]?.userId)
  return { ...parts, reset, resetSessionKey, sessions, userId, keysNow, stateOf }
}

test('all sessions that held the newest key hold the new one, and older keys stay', async () => {
  const { reset, userId, keysNow, resetSessionKey } = await setUp(
    ['old', 'same', 'same'],
    async () => 'new',
  )
  expect(await reset(userId, ORIGIN)).toBe('reset')
  expect(await keysNow()).toEqual(['old', 'new', 'new'])
  const asking = expect.objectContaining({ openid: 'oAnn', origin: ORIGIN })
  expect(resetSessionKey).toHaveBeenCalledWith('same', asking)
})

test('the user stays logged in with a key that is fresh', async () => {
  const { reset, userId, stateOf, sessions, clock } = await setUp(['key'], async () => 'new')
  clock.advance(600)
  expect(await stateOf(sessions[0] as Session)).toBe('unknown')
  await reset(userId)
  expect(await stateOf(sessions[0] as Session)).toBe('fresh')
})

test('a key that was dead already is noted as such', async () => {
  const { reset, userId, stateOf, sessions, keysNow } = await setUp(['key'], async () => undefined)
  expect(await reset(userId)).toBe('dead')
  expect(await keysNow()).toEqual(['key'])
  expect(await stateOf(sessions[0] as Session)).toBe('replaced')
})

test('who has no session, or only one without a key, has nothing to reset', async () => {
  const { reset, userId, sessions, secrets, store, resetSessionKey } = await setUp(
    ['key'],
    async () => 'new',
  )
  expect(await reset('nobody')).toBe('unknown')
  const [session] = sessions as [Session]
  const sealed = secrets.seal({ openid: 'oAnn' }, session)
  await store.sessions.reseal(session, { sealed, from: session.sessionKeyHash })
  expect(await reset(userId)).toBe('unknown')
  expect(resetSessionKey).not.toHaveBeenCalled()
})

test('a session that is not reached shows its key as replaced, and never as fresh', async () => {
  const { userId, sessions, secrets, store, clock, stateOf } = await setUp(
    ['key'],
    async () => 'new',
  )
  const broken = {
    users: store.users,
    sessions: { ...store.sessions, reseal: () => Promise.reject(new Error('expected')) },
  }
  const platform = { resetSessionKey: async () => 'new' }
  const reset = createResetSessionKey({ platform, store: broken, secrets, now: clock.now })
  await expect(reset(userId)).rejects.toThrow('expected')
  expect(await stateOf(sessions[0] as Session)).toBe('replaced')
})
