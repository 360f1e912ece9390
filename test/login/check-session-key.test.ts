import { LoginError } from '../../src/errors'
import { createCheckSessionKey } from '../../src/login/check-session-key'
import type { LoginPlatform } from '../../src/login/platform'
import { digest } from '../../src/token/digest'
import { APPID, ORIGIN, SESSION_KEY, startParts } from './parts'

/** A session of this name, and a platform that says this of its key. */
async function setUp(name: string, answer: () => Promise<boolean>) {
  const { store, secrets, clock, sessionOf } = startParts()
  const checkSessionKey = jest.fn<Promise<boolean>, Parameters<LoginPlatform['checkSessionKey']>>(
    answer,
  )
  const check = createCheckSessionKey({
    ...{ platform: { checkSessionKey }, store, secrets, now: clock.now },
  })
  const session = await sessionOf(name)
  const noted = async () => (await store.sessions.find(session))?.newestKeyCheck
  return { check, session, sessionOf, noted, checkSessionKey, clock, store, secrets }
}

test('the platform is asked about the opened key, in the name of who asks', async () => {
  const { check, session, checkSessionKey } = await setUp('ann', async () => true)
  expect(await check(session, ORIGIN)).toBe(true)
  const asking = { appid: APPID, openid: 'openid-of-ann', origin: ORIGIN }
  expect(checkSessionKey.mock.calls).toEqual([[SESSION_KEY, asking]])
})

test.each([true, false])('the answer %j is noted from when it was asked for', async valid => {
  let slow = () => {}
  const { check, session, noted, clock } = await setUp('bob', async () => {
    slow()
    return valid
  })
  const at = clock.ms
  slow = () => clock.advance(3)
  expect(await check(session, ORIGIN)).toBe(valid)
  expect(await noted()).toEqual({ at, valid })
})

test('a platform that cannot be asked says nothing of the key, in words that ask for no login', async () => {
  const { check, session, noted } = await setUp('carol', () =>
    Promise.reject(new LoginError('wechat_timeout')),
  )
  const error = await check(session, ORIGIN).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'wechat_timeout' })
  expect((error as LoginError).message).toContain('could not be asked about the session_key')
  expect(await noted()).toBeNull()
})

test('an answer about an older key of the user is not noted for the newest', async () => {
  const { check, session, noted, store } = await setUp('dave', async () => false)
  const to = digest('a newer key')
  await store.users.replaceNewestKey(session.userId, { from: digest(SESSION_KEY), to, now: 1 })
  expect(await check(session, ORIGIN)).toBe(false)
  expect(await noted()).toBeNull()
})

test('a session without a session_key has none to ask about', async () => {
  const { check, session, secrets, checkSessionKey } = await setUp('erin', async () => true)
  const sealed = secrets.seal({ openid: session.openid }, session)
  const without = { ...session, sealed, sessionKeyHash: null }
  await expect(check(without, ORIGIN)).rejects.toMatchObject({ code: 'session_key_stale' })
  expect(checkSessionKey).not.toHaveBeenCalled()
})

describe('so that repeated calls cost the platform one question', () => {
  test('an answer is given again for three seconds, a no as well', async () => {
    for (const valid of [true, false]) {
      const { check, session, checkSessionKey, clock } = await setUp('frank', async () => valid)
      for (let i = 0; i < 10; i++) expect(await check(session, ORIGIN)).toBe(valid)
      clock.advance(2.999)
      expect(await check(session, ORIGIN)).toBe(valid)
      expect(checkSessionKey).toHaveBeenCalledTimes(1)
      clock.advance(0.001)
      await check(session, ORIGIN)
      expect(checkSessionKey).toHaveBeenCalledTimes(2)
    }
  })

  test('callers that ask at the same time share one question', async () => {
    let answer = (_valid: boolean) => {}
    const { check, session, checkSessionKey } = await setUp(
      'grace',
      () => new Promise(resolve => (answer = resolve)),
    )
    const asked = Array.from({ length: 50 }, () => check(session, ORIGIN))
    answer(true)
    expect(await Promise.all(asked)).toEqual(Array(50).fill(true))
    expect(checkSessionKey).toHaveBeenCalledTimes(1)
  })

  test('what another instance noted of the key is given, too', async () => {
    const { check, session, store, clock, checkSessionKey } = await setUp('heidi', async () => true)
    const hash = String(session.sessionKeyHash)
    await store.users.noteKeyCheck(session.userId, hash, { at: clock.ms, valid: false })
    const seen = await store.sessions.find(session)
    if (!seen) throw new Error('no session')
    expect(await check(seen, ORIGIN)).toBe(false)
    expect(checkSessionKey).not.toHaveBeenCalled()
    // A clock that runs ahead elsewhere must not make a note last.
    clock.advance(-1)
    await check(seen, ORIGIN)
    expect(checkSessionKey).toHaveBeenCalledTimes(1)
  })

  test('a login with another session_key makes another question of it', async () => {
    const { check, session, checkSessionKey } = await setUp('ivan', async () => true)
    await check(session, ORIGIN)
    await check({ ...session, newestKeyHash: 'another', newestKeyCheck: null }, ORIGIN)
    await check({ ...session, sessionKeyHash: 'another' }, ORIGIN)
    expect(checkSessionKey).toHaveBeenCalledTimes(3)
  })

  test('a question that failed is asked again', async () => {
    let fails = true
    const { check, session } = await setUp('judy', async () => {
      if (fails) throw new LoginError('wechat_timeout')
      return true
    })
    await expect(check(session, ORIGIN)).rejects.toMatchObject({ code: 'wechat_timeout' })
    fails = false
    expect(await check(session, ORIGIN)).toBe(true)
  })

  test('one user hears nothing of what was said of another', async () => {
    const { check, session, sessionOf, checkSessionKey } = await setUp('kate', async () => true)
    await check(session, ORIGIN)
    await check(await sessionOf('liam'), ORIGIN)
    expect(checkSessionKey).toHaveBeenCalledTimes(2)
  })
})
