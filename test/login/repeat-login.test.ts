import fc from 'fast-check'
import { createRepeatLogin, type KnownOutcome } from '../../src/login/repeat-login'
import type { LoginCode } from '../../src/store/contract/codes'
import type { Session } from '../../src/store/contract/sessions'
import { APPID, startParts } from './parts'

const parts = startParts()
const { clock, store, refs, secrets, issueToken } = parts
const repeatLogin = createRepeatLogin({ store, refs, secrets, issueToken, now: clock.now })

const attemptWith = (idempotencyHash: string | null) => {
  return { code: 'c', appid: APPID, codeHash: 'hash', idempotencyHash }
}
const settled = (fields: Partial<LoginCode> = {}): LoginCode => ({
  ...{ status: 'done', owner: 'o', idempotencyHash: null, claimedAt: clock.ms },
  ...{
    settledAt: clock.ms,
    sessionRef: null,
    userId: null,
    isNewUser: true,
    error: null,
    wxErrcode: null,
  },
  ...fields,
})
/** What a code's record says of its session. */
function naming(session: Pick<Session, 'id' | 'userId'>, idempotencyHash: string | null) {
  const ref = { sessionId: session.id, settledAt: clock.ms }
  const sessionRef = refs.seal(ref, { codeHash: 'hash', idempotencyHash })
  return { sessionRef, userId: session.userId, idempotencyHash }
}
const known = (fields: Partial<LoginCode>, wasUnderWay = false, cameAt = 0): KnownOutcome => {
  return { outcome: settled(fields), wasUnderWay, cameAt }
}

test('who came while the code was exchanged gets the session, with the first token’s claims', async () => {
  const first = await parts.login({ code: 'ann' }, {})
  const record = naming({ id: first.sessionId, userId: first.userId }, null)
  clock.advance(7)
  const again = await repeatLogin(attemptWith(null), known(record, true))
  expect(again).toMatchObject({ token: first.token, isNewUser: true, isRepeat: true })
  expect(again.expiresIn).toBe(first.expiresIn - 7)
})

test.each([
  ['no key', null, null, 0],
  ['another key', 'mine', 'yours', 0],
  ['a key where the first had none', 'mine', null, 0],
  ['the same key after 60 seconds', 'mine', 'mine', 60],
])('a later caller with %s gets code_used', async (name, mine, first, seconds) => {
  const session = await parts.sessionOf(`bob, ${name}`)
  const outcome = known(naming(session, first))
  clock.advance(seconds)
  const repeated = repeatLogin(attemptWith(mine), outcome)
  await expect(repeated).rejects.toMatchObject({ code: 'code_used', reason: 'repeated_code' })
})

test('a login that was done before the caller came was not under way, whatever the record says', async () => {
  const session = await parts.sessionOf('dora')
  const record = naming(session, 'first')
  clock.advance(3)
  const repeated = repeatLogin(attemptWith(null), known(record, true, clock.ms))
  await expect(repeated).rejects.toMatchObject({ code: 'code_used' })
})

test('a session that ended since is not brought back', async () => {
  const session = await parts.sessionOf('carol')
  await store.sessions.end(session)
  const repeated = repeatLogin(attemptWith('k'), known(naming(session, 'k')))
  await expect(repeated).rejects.toMatchObject({ code: 'code_used' })
})

test('a code that failed fails again in the same way', async () => {
  const outcome = known({ status: 'failed', error: 'user_blocked', wxErrcode: 40226 }, true)
  await expect(repeatLogin(attemptWith(null), outcome)).rejects.toMatchObject({
    ...{ code: 'user_blocked', wxErrcode: 40226, reason: 'repeated_code' },
  })
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1.5, '1,"user":"ann"}\n{"time":1'])(
  'an errcode of a store that is none (%j) is not repeated',
  async errcode => {
    const failure = { error: 'user_blocked', wxErrcode: errcode as number }
    const outcome = known({ status: 'failed', ...failure }, true)
    await expect(repeatLogin(attemptWith(null), outcome)).rejects.toMatchObject({
      ...{ code: 'user_blocked', wxErrcode: undefined },
    })
  },
)

test('whatever a store says of a failure, it is one of our errors', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), async error => {
      const outcome = known({ status: 'failed', error })
      await expect(repeatLogin(attemptWith(null), outcome)).rejects.toMatchObject({
        code: 'internal',
        wxErrcode: undefined,
      })
    }),
  )
})

test('a session whose seal is another user’s, or does not open, is not given', async () => {
  const [eve, victim] = [await parts.sessionOf('eve'), await parts.sessionOf('victim')]
  for (const poisoned of [
    { ...victim, sealed: eve.sealed },
    { ...eve, sealed: victim.sealed },
    { ...eve, openid: victim.openid },
    { ...eve, userId: victim.userId },
  ]) {
    const find = async () => poisoned
    const repeat = createRepeatLogin({
      ...{ store: { sessions: { find } }, refs, secrets, issueToken, now: clock.now },
    })
    const repeated = repeat(attemptWith('k'), known(naming(poisoned, 'k')))
    await expect(repeated).rejects.toMatchObject({ code: 'code_used' })
  }
})
