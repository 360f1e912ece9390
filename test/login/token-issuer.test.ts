import fc from 'fast-check'
import { createTokenIssuer } from '../../src/login/token-issuer'
import { createJwt } from '../../src/token/jwt'
import { createSigningKeys } from '../../src/token/signing-keys'
import { createTokenKeys } from '../../src/token/token-keys'
import { Clock } from '../support/clock'
import { JWT_SECRET } from '../support/secrets'
import { APPID } from './parts'

const TTL = 3600
const clock = new Clock()
const tokenKeys = createTokenKeys(createSigningKeys(JWT_SECRET))
const jwt = createJwt({ tokenKeys, audience: [APPID], maxTtlSeconds: 86_400, now: clock.now })
const issueToken = createTokenIssuer({ jwt, tokenTtlSeconds: TTL, now: clock.now })
const sessionFor = (seconds: number) => ({
  ...{ id: 'session-1', userId: 'user-1', appid: APPID, sealed: 'kid.sealed' },
  expiresAt: clock.ms + seconds * 1000,
})

test('a token names app, user, session and sealed secrets, and runs for its time', () => {
  const { token, expiresIn } = issueToken(sessionFor(7200))
  const iat = clock.ms / 1000
  expect(jwt.verify(token)).toEqual({
    ...{ aud: APPID, sub: 'user-1', sid: 'session-1', enc: 'kid.sealed', iat, exp: iat + TTL },
  })
  expect(expiresIn).toBe(TTL)
})

test('the same session and time of issue make the same token, whenever it is asked for', () => {
  const [session, issuedAt] = [sessionFor(7200), clock.ms]
  const first = issueToken(session, issuedAt)
  clock.advance(50)
  const again = issueToken(session, issuedAt)
  expect(again).toEqual({ token: first.token, expiresIn: TTL - 50 })
})

test('no token runs past its session, and none has a negative time left', () => {
  const ms = fc.integer({ min: 1, max: 2 * TTL * 1000 })
  fc.assert(
    fc.property(ms, ms, (leftMs, laterMs) => {
      const issuedAt = clock.ms
      const session = { ...sessionFor(0), expiresAt: issuedAt + leftMs }
      const { exp, iat } = jwt.verify(issueToken(session, issuedAt).token)
      expect(exp).toBe(Math.min(iat + TTL, Math.ceil(session.expiresAt / 1000)))
      clock.ms += laterMs
      expect(issueToken(session, issuedAt).expiresIn).toBe(
        Math.max(0, exp - Math.floor(clock.ms / 1000)),
      )
    }),
  )
})

test('no token is made of a row whose times are none: whoever writes the store can put a text there', () => {
  const unreadable = { code: 'store_unavailable', reason: 'row_unreadable' }
  const session = { ...sessionFor(7200), expiresAt: 'soon' as unknown as number }
  expect(() => issueToken(session)).toThrow(expect.objectContaining(unreadable))
  expect(() => issueToken(sessionFor(7200), Number.NaN)).toThrow(
    expect.objectContaining(unreadable),
  )
})
