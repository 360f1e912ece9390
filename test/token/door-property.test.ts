import fc from 'fast-check'
import { type Claims, createJwt, TokenRefused } from '../../src/token/jwt'
import { createSigningKeys } from '../../src/token/signing-keys'
import { createTokenKeys } from '../../src/token/token-keys'
import { Clock } from '../support/clock'
import { codePoint } from '../support/code-point'
import { OTHER_PRIVATE_KEY, PRIVATE_KEY } from '../support/private-keys'
import { seeded } from '../support/property'
import { JWT_SECRET, OTHER_JWT_SECRET } from '../support/secrets'
import { decode, signed } from './forge'

const APPID = 'wx0000000000000000'
const MAX_TTL = 2_592_000
const clock = new Clock()
const now = Math.floor(clock.ms / 1000)
const doorOf = (secret: string, jwtPrivateKey?: string) =>
  createJwt({
    tokenKeys: createTokenKeys(createSigningKeys(secret), { jwtPrivateKey }),
    audience: [APPID],
    maxTtlSeconds: MAX_TTL,
    now: clock.now,
  })
const jwt = doorOf(JWT_SECRET)
const stranger = doorOf(OTHER_JWT_SECRET)
const DOORS = [
  ['HS256', jwt, stranger],
  ['ES256', doorOf(JWT_SECRET, PRIVATE_KEY), doorOf(JWT_SECRET, OTHER_PRIVATE_KEY)],
] as const

const text = fc.string({ unit: codePoint, minLength: 1, maxLength: 200 })
const claims = fc
  .record({ sub: text, sid: text, enc: text, age: fc.nat(MAX_TTL - 1), left: fc.nat(MAX_TTL) })
  .map(({ sub, sid, enc, age, left }): Claims => {
    const iat = now - age
    return { aud: APPID, sub, sid, enc, iat, exp: Math.min(now + left + 1, iat + MAX_TTL) }
  })
  // What UTF-8 cannot write comes back as another text. Our own ids and seals are ASCII.
  .filter(each =>
    [each.sub, each.sid, each.enc].every(part => Buffer.from(part).toString() === part),
  )

const isRefused = (door: typeof jwt, token: string): boolean => {
  try {
    door.verify(token)
    return false
  } catch (error) {
    if (error instanceof TokenRefused) return true
    throw error
  }
}

test.each(DOORS)(
  'every token that we sign by %s holds, and says what it was signed with',
  (_name, jwt) => {
    fc.assert(
      fc.property(claims, each => {
        const token = jwt.sign(each)
        // A token of this length is longer than any that the service issues.
        if (token.length > 4096) return isRefused(jwt, token)
        expect(jwt.verify(token)).toEqual(each)
        return true
      }),
      seeded(120),
    )
  },
)

test.each(DOORS)(
  'no token of another key of %s holds, whatever it says',
  (_name, jwt, stranger) => {
    fc.assert(
      fc.property(claims, each => isRefused(jwt, stranger.sign(each))),
      seeded(120),
    )
  },
)

test.each(DOORS)('a good token with any one change is no token: %s', (_name, jwt) => {
  const good = jwt.sign({ aud: APPID, sub: 'u', sid: 's', enc: 'k.e', iat: now, exp: now + 7200 })
  const place = fc.nat(good.length)
  const change = fc.oneof(
    fc.record({ at: place, cut: fc.constant(1), put: fc.string({ maxLength: 3 }) }),
    fc.record({ at: place, cut: fc.nat(5), put: fc.string({ unit: codePoint, maxLength: 5 }) }),
    fc.record({ at: place, cut: fc.nat(200), put: fc.base64String({ maxLength: 200 }) }),
  )
  fc.assert(
    fc.property(change, ({ at, cut, put }) => {
      const token = good.slice(0, at) + put + good.slice(at + cut)
      return token === good || isRefused(jwt, token)
    }),
    seeded(500),
  )
  expect(jwt.verify(good).sub).toBe('u')
})

test('no JSON value but our own claims is a payload, though it is rightly signed', () => {
  const good = jwt.sign({ aud: APPID, sub: 'u', sid: 's', enc: 'k.e', iat: now, exp: now + 7200 })
  const { header, payload } = decode(good)
  const names = fc.constantFrom('iss', 'aud', 'sub', 'sid', 'enc', 'iat', 'exp')
  fc.assert(
    fc.property(names, fc.jsonValue(), (name, value) => {
      const changed = { ...payload, [name]: value }
      const token = signed(header, JSON.stringify(changed), JWT_SECRET)
      const isText = typeof value === 'string' && value !== ''
      const mayHold = (['sub', 'sid', 'enc'].includes(name) && isText) || value === payload[name]
      return mayHold || isRefused(jwt, token)
    }),
    seeded(500),
  )
})

test('no header but our own is one, though it is rightly signed', () => {
  const good = jwt.sign({ aud: APPID, sub: 'u', sid: 's', enc: 'k.e', iat: now, exp: now + 7200 })
  const { header, payload } = decode(good)
  const names = fc.oneof(fc.constantFrom('alg', 'typ', 'kid', 'crit', 'jwk', 'b64'), fc.string())
  fc.assert(
    fc.property(names, fc.jsonValue(), (name, value) => {
      if (name === '__proto__' || header[name] === value) return true
      const token = signed({ ...header, [name]: value } as never, payload, JWT_SECRET)
      return isRefused(jwt, token)
    }),
    seeded(500),
  )
})
