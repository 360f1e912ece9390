import fc from 'fast-check'
import jsonwebtoken from 'jsonwebtoken'
import { LoginError } from '../../src/errors'
import { type Claims, createJwt, type Jwt } from '../../src/token/jwt'
import { createSigningKeys } from '../../src/token/signing-keys'
import { createTokenKeys } from '../../src/token/token-keys'
import { Clock } from '../support/clock'
import { codePoint } from '../support/code-point'
import { JWT_SECRET, OTHER_JWT_SECRET } from '../support/secrets'
import { decode, forgeries, hmac, signed, trailingBitVariants } from './forge'

const DAY = 86_400
const APPID = 'wx0000000000000000'

function setUp({ secret = JWT_SECRET, previous = '', clock = new Clock() } = {}) {
  const signingKeys = createSigningKeys(secret, previous === '' ? undefined : previous)
  const tokenKeys = createTokenKeys(signingKeys)
  const jwt = createJwt({ tokenKeys, audience: [APPID], maxTtlSeconds: 30 * DAY, now: clock.now })
  return { jwt, clock, signingKeys }
}

function claimsAt(clock: Clock, changes: Partial<Claims> = {}): Claims {
  const iat = Math.floor(clock.ms / 1000)
  const base = { aud: APPID, sub: 'user-1', sid: 'session-1', enc: 'kid.sealed' }
  return { ...base, iat, exp: iat + 7200, ...changes }
}

function refusal(jwt: Jwt, token: string): string {
  try {
    jwt.verify(token)
  } catch (error) {
    if (error instanceof LoginError) return error.code
    throw error
  }
  return 'accepted'
}

describe('a token', () => {
  test('says what it was signed with', () => {
    const { jwt, clock } = setUp()
    const claims = claimsAt(clock)
    expect(jwt.verify(jwt.sign(claims))).toEqual(claims)
  })

  test('has three header fields and an issuer, and is a JWS that jsonwebtoken reads', () => {
    const { jwt, clock, signingKeys } = setUp()
    const token = jwt.sign(claimsAt(clock))
    const { header, payload } = decode(token)
    expect(header).toEqual({ alg: 'HS256', typ: 'mpl+jwt', kid: signingKeys.current.kid })
    expect(payload).toEqual({ iss: 'miniprogram-login', ...claimsAt(clock) })
    const options = { clockTimestamp: clock.ms / 1000, algorithms: ['HS256' as const] }
    expect(jsonwebtoken.verify(token, JWT_SECRET, options)).toEqual(payload)
  })

  test('that is forged only in being made elsewhere with the same key is taken', () => {
    const { jwt, clock } = setUp()
    const { header, payload } = decode(jwt.sign(claimsAt(clock)))
    expect(refusal(jwt, signed(header, payload, JWT_SECRET))).toBe('accepted')
    for (const x of ['y', 'yy', 'yyy', '>>>???~~~']) {
      expect(refusal(jwt, signed(header, { ...payload, x }, JWT_SECRET))).toBe('accepted')
    }
  })

  test('gives claims that nobody can change for the next caller', () => {
    const { jwt, clock } = setUp()
    const token = jwt.sign(claimsAt(clock))
    const claims = jwt.verify(token) as { sub: string }
    expect(() => {
      claims.sub = 'somebody else'
    }).toThrow(TypeError)
    expect(jwt.verify(token).sub).toBe('user-1')
  })
})

describe('a forged token is token_invalid and nothing else', () => {
  const { jwt, clock } = setUp()
  const good = jwt.sign(claimsAt(clock))

  test.each(forgeries(good, JWT_SECRET))('%s', (_name, token) => {
    expect(refusal(jwt, token)).toBe('token_invalid')
    expect(refusal(jwt, good)).toBe('accepted')
  })

  test('one character changed, anywhere', () => {
    for (let i = 0; i < good.length; i++) {
      const char = good[i] === 'A' ? 'B' : 'A'
      const altered = good.slice(0, i) + char + good.slice(i + 1)
      expect([i, refusal(jwt, altered)]).toEqual([i, 'token_invalid'])
    }
  })

  test('a signature that was remembered, under another header or payload', () => {
    const [header, payload, signature] = good.split('.')
    const other = jwt.sign(claimsAt(clock, { sub: 'user-2' })).split('.')
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url')
    const texts = [
      `${header}.${other[1]}`,
      `${unsigned}.${payload}`,
      `.${payload}`,
      `${header}.`,
      '',
    ]
    for (const text of texts) {
      expect(refusal(jwt, good)).toBe('accepted')
      expect([text, refusal(jwt, `${text}.${signature}`)]).toEqual([text, 'token_invalid'])
      expect(refusal(jwt, String(signature))).toBe('token_invalid')
      // A token that was refused takes no other one's place.
      expect(jwt.verify(good).sub).toBe('user-1')
    }
  })

  test('cut off or begun late, anywhere', () => {
    for (let i = 0; i < good.length; i++)
      expect(refusal(jwt, good.slice(0, i))).toBe('token_invalid')
    for (let i = 1; i < good.length; i++) expect(refusal(jwt, good.slice(i))).toBe('token_invalid')
  })

  test('any text at all', () => {
    const text = fc.oneof(fc.string({ unit: codePoint }), fc.base64String(), fc.json())
    fc.assert(fc.property(text, token => refusal(jwt, token) === 'token_invalid'))
    const three = fc.tuple(text, text, text).map(parts => parts.join('.'))
    fc.assert(fc.property(three, token => refusal(jwt, token) === 'token_invalid'))
  })

  test('any JSON value for a payload, rightly signed', () => {
    const { header } = decode(good)
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const token = signed(header, JSON.stringify(value), JWT_SECRET)
        return refusal(jwt, token) === 'token_invalid'
      }),
    )
  })

  test('a signature has three other spellings in base64url, and they are all tried above', () => {
    expect(trailingBitVariants(good.split('.')[2] as string)).toHaveLength(3)
    for (const variant of trailingBitVariants(good.split('.')[2] as string)) {
      const bytes = Buffer.from(variant, 'base64url')
      expect(bytes).toEqual(Buffer.from(good.split('.')[2] as string, 'base64url'))
    }
  })

  test('4096 characters are the most, to the character', () => {
    const { header, payload } = decode(good)
    const base = signed(header, { ...payload, x: '' }, JWT_SECRET).length
    const tokens = Array.from({ length: 12 }, (_, i) => {
      const x = 'y'.repeat(Math.floor(((4096 - base) * 3) / 4) + i - 4)
      return signed(header, { ...payload, x }, JWT_SECRET)
    })
    expect(tokens.some(token => token.length > 4096)).toBe(true)
    expect(tokens.some(token => token.length <= 4096 && token.length > 4092)).toBe(true)
    for (const token of tokens) {
      const expected = token.length > 4096 ? 'token_invalid' : 'accepted'
      expect([token.length, refusal(jwt, token)]).toEqual([token.length, expected])
    }
  })
})

describe('time', () => {
  test('runs out at exp, to the second', () => {
    const { jwt, clock } = setUp()
    const token = jwt.sign(claimsAt(clock))
    clock.advance(7200 - 0.001)
    expect(refusal(jwt, token)).toBe('accepted')
    clock.advance(0.001)
    expect(refusal(jwt, token)).toBe('token_expired')
  })

  test('is checked again for a token that was verified before', () => {
    const { jwt, clock } = setUp()
    const token = jwt.sign(claimsAt(clock))
    for (let i = 0; i < 3; i++) expect(refusal(jwt, token)).toBe('accepted')
    clock.advance(7201)
    for (let i = 0; i < 3; i++) expect(refusal(jwt, token)).toBe('token_expired')
    clock.advance(-7201 - DAY)
    expect(refusal(jwt, token)).toBe('token_invalid')
  })

  test('is told only to who holds a right signature and right claims', () => {
    const { jwt, clock } = setUp()
    const token = jwt.sign(claimsAt(clock))
    const { header, payload } = decode(token)
    clock.advance(7201)
    expect(refusal(jwt, token)).toBe('token_expired')
    for (const [name, forged] of forgeries(token, JWT_SECRET)) {
      const expected = name.startsWith('iat 10') ? 'token_expired' : 'token_invalid'
      expect([name, refusal(jwt, forged)]).toEqual([name, expected])
    }
    const elsewhere = signed(header, { ...payload, aud: 'wxother' }, JWT_SECRET)
    expect(refusal(jwt, elsewhere)).toBe('token_invalid')
    expect(refusal(jwt, signed(header, payload, OTHER_JWT_SECRET))).toBe('token_invalid')
  })

  test('of issue may be 60 seconds ahead of our clock, and no more', () => {
    const { jwt, clock } = setUp()
    const now = Math.floor(clock.ms / 1000)
    const issued = (iat: number) => jwt.sign(claimsAt(clock, { iat, exp: iat + 60 }))
    expect(refusal(jwt, issued(now + 60))).toBe('accepted')
    expect(refusal(jwt, issued(now + 61))).toBe('token_invalid')
    expect(refusal(jwt, issued(now + DAY))).toBe('token_invalid')
  })

  test('between iat and exp is at most the configured life', () => {
    const { jwt, clock } = setUp()
    const { iat } = claimsAt(clock)
    const lasting = (seconds: number) => jwt.sign(claimsAt(clock, { exp: iat + seconds }))
    expect(refusal(jwt, lasting(30 * DAY))).toBe('accepted')
    expect(refusal(jwt, lasting(30 * DAY + 1))).toBe('token_invalid')
    const long = claimsAt(clock, { iat: iat - 31 * DAY, exp: iat + 60 })
    expect(refusal(jwt, jwt.sign(long))).toBe('token_invalid')
  })

  test('follows the clock that was given, not the machine’s', () => {
    const clock = new Clock()
    clock.ms = Date.UTC(2001, 0, 1)
    const { jwt } = setUp({ clock })
    expect(refusal(jwt, jwt.sign(claimsAt(clock)))).toBe('accepted')
  })
})

describe('after a rotation of the secret', () => {
  const clock = new Clock()
  const before = setUp({ clock })
  const during = setUp({ clock, secret: OTHER_JWT_SECRET, previous: JWT_SECRET })
  const after = setUp({ clock, secret: OTHER_JWT_SECRET })
  const old = before.jwt.sign(claimsAt(clock))

  test('a token of the previous secret holds until that secret is taken away', () => {
    expect(refusal(during.jwt, old)).toBe('accepted')
    expect(refusal(after.jwt, old)).toBe('token_invalid')
  })

  test('a new token is signed with the new secret, which the old instance refuses', () => {
    const token = during.jwt.sign(claimsAt(clock))
    expect(decode(token).header.kid).toBe(after.signingKeys.current.kid)
    expect(refusal(after.jwt, token)).toBe('accepted')
    expect(refusal(before.jwt, token)).toBe('token_invalid')
  })

  test('each kid stands for its own key alone', () => {
    const { header, payload } = decode(old)
    const swapped = { ...header, kid: after.signingKeys.current.kid }
    expect(refusal(during.jwt, signed(header, payload, OTHER_JWT_SECRET))).toBe('token_invalid')
    expect(refusal(during.jwt, signed(swapped, payload, JWT_SECRET))).toBe('token_invalid')
    expect(refusal(during.jwt, signed(swapped, payload, OTHER_JWT_SECRET))).toBe('accepted')
  })

  test('every forgery stays a forgery under the previous secret', () => {
    for (const [name, token] of forgeries(old, JWT_SECRET)) {
      expect([name, refusal(during.jwt, token)]).toEqual([name, 'token_invalid'])
    }
  })
})

test('only the mini programs of this service are an audience', () => {
  const { jwt, clock } = setUp()
  const token = jwt.sign(claimsAt(clock, { aud: 'wx1111111111111111' }))
  expect(refusal(jwt, token)).toBe('token_invalid')
})

test('the helper signs as the product does, so that its forgeries are wrong in one way only', () => {
  const { jwt, clock } = setUp()
  const [head, body, signature] = jwt.sign(claimsAt(clock)).split('.')
  expect(hmac(`${head}.${body}`, JWT_SECRET)).toBe(signature)
})
