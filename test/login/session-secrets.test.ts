import fc from 'fast-check'
import type { LoginEvent } from '../../src/events'
import { createSessionSecrets } from '../../src/login/session-secrets'
import { createSigningKeys } from '../../src/token/signing-keys'
import { codePoint } from '../support/code-point'
import { JWT_SECRET, OTHER_JWT_SECRET } from '../support/secrets'
import { APPID, ORIGIN, SESSION_KEY } from './parts'

let told: LoginEvent[]
beforeEach(() => {
  told = []
})
const withSecrets = (...secrets: [string, string?]) =>
  createSessionSecrets({
    signingKeys: createSigningKeys(...secrets),
    events: { tell: event => void told.push(event) },
    isUpgrading: () => false,
  })
const { seal, open, tryOpen, sessionKeyOf, isCurrent } = withSecrets(JWT_SECRET)

const session = { id: 'session-1', userId: 'user-1', appid: APPID, openid: 'oAnn' }
const secrets = { openid: 'oAnn', sessionKey: SESSION_KEY }
const sealed = { ...session, sealed: seal(secrets, session) }

test('what was sealed for a session opens for that session, whatever it holds', () => {
  const text = fc.string({ unit: codePoint, minLength: 1 })
  fc.assert(
    fc.property(text, text, (openid, sessionKey) => {
      const both = { openid, sessionKey }
      expect(open({ ...session, openid, sealed: seal(both, session) }, ORIGIN)).toEqual(both)
    }),
  )
  expect(told).toEqual([])
})

test('moved to another session, user or app it does not open', () => {
  expect(tryOpen({ ...sealed, id: 'session-2' })).toBeUndefined()
  expect(tryOpen({ ...sealed, userId: 'user-2' })).toBeUndefined()
  expect(tryOpen({ ...sealed, openid: 'oEve' })).toBeUndefined()
  expect(tryOpen({ ...sealed, appid: 'wx1111111111111111' })).toBeUndefined()
})

test('the session that asks is ended when its secret is gone, and that is told as a refused token', () => {
  const rotated = withSecrets(OTHER_JWT_SECRET)
  expect(rotated.tryOpen(sealed)).toBeUndefined()
  expect(told).toEqual([])
  const ended = expect.objectContaining({ code: 'session_ended', reason: 'sealing_key_gone' })
  expect(() => rotated.open(sealed, ORIGIN)).toThrow(ended)
  expect(() => rotated.sessionKeyOf(sealed, ORIGIN)).toThrow(ended)
  expect(told).toHaveLength(2)
  expect(told[0]).toEqual({
    ...{ type: 'token.refused', error: 'session_ended', reason: 'sealing_key_gone' },
    ...{ appid: APPID, userId: 'user-1', sessionId: 'session-1', ...ORIGIN },
  })
})

test('a login without a session_key has none to give, and stays a login', () => {
  const without = { ...session, sealed: seal({ openid: 'oAnn' }, session) }
  expect(open(without, ORIGIN)).toEqual({ openid: 'oAnn' })
  expect(() => sessionKeyOf(without, ORIGIN)).toThrow(
    expect.objectContaining({ code: 'session_key_stale', reason: 'no_session_key' }),
  )
  expect(sessionKeyOf(sealed, ORIGIN)).toBe(SESSION_KEY)
  expect(told).toEqual([])
})

test('after a rotation the old seal opens, and is known not to be current', () => {
  const during = withSecrets(OTHER_JWT_SECRET, JWT_SECRET)
  expect(during.tryOpen(sealed)).toEqual(secrets)
  expect([isCurrent(sealed), during.isCurrent(sealed)]).toEqual([true, false])
  const anew = { ...session, sealed: during.seal(secrets, session) }
  expect(during.isCurrent(anew)).toBe(true)
})
