import { createPrivateKey, createPublicKey, sign as signWith } from 'node:crypto'
import jsonwebtoken from 'jsonwebtoken'
import { LoginError } from '../../src/errors'
import { createJwt, type Jwt } from '../../src/token/jwt'
import { createSigningKeys } from '../../src/token/signing-keys'
import { createTokenKeys, type PrivateKeys } from '../../src/token/token-keys'
import { Clock } from '../support/clock'
import { OTHER_PRIVATE_KEY, PRIVATE_KEY } from '../support/private-keys'
import { JWT_SECRET, OTHER_JWT_SECRET } from '../support/secrets'
import { decode, signed, trailingBitVariants } from './forge'

const APPID = 'wx0000000000000000'
const clock = new Clock()
const iat = Math.floor(clock.ms / 1000)
const claims = { aud: APPID, sub: 'user-1', sid: 'session-1', enc: 'k.e', iat, exp: iat + 7200 }

function setUp(privateKeys: PrivateKeys = {}) {
  const tokenKeys = createTokenKeys(createSigningKeys(JWT_SECRET), privateKeys)
  const limits = { audience: [APPID], maxTtlSeconds: 86_400, now: clock.now }
  return { tokenKeys, jwt: createJwt({ tokenKeys, ...limits }) }
}

function outcome(jwt: Jwt, token: string): string {
  try {
    jwt.verify(token)
  } catch (error) {
    if (error instanceof LoginError) return error.code
    throw error
  }
  return 'accepted'
}

const before = setUp()
const { jwt, tokenKeys } = setUp({ jwtPrivateKey: PRIVATE_KEY })
const good = jwt.sign(claims)
const { header, payload } = decode(good)
const [head = '', body = '', signature = ''] = good.split('.')
const publicKey = createPublicKey(PRIVATE_KEY)
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token of these parts, signed by ES256 whatever its header says. */
function es256(head: object, key = PRIVATE_KEY, says: object = payload): string {
  const input = `${encode(head)}.${encode(says)}`
  const options = { key: createPrivateKey(key), dsaEncoding: 'ieee-p1363' } as const
  return `${input}.${signWith('sha256', Buffer.from(input), options).toString('base64url')}`
}

describe('with a private key a token', () => {
  test('is signed by ES256 and says what it was signed with', () => {
    expect(header).toEqual({ alg: 'ES256', typ: 'mpl+jwt', kid: tokenKeys.publicKeys[0]?.kid })
    expect(jwt.verify(good)).toEqual(claims)
  })

  test('is verified by anybody who has the published key alone', () => {
    const [jwk] = tokenKeys.publicKeys
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
    const options = { clockTimestamp: iat, algorithms: ['ES256' as const] }
    expect(jsonwebtoken.verify(good, key, options)).toEqual(payload)
  })

  test('that is forged only in being made elsewhere with the same key is taken', () => {
    expect(outcome(jwt, es256(header))).toBe('accepted')
  })

  test('is at most 100 characters longer than by HS256', () => {
    expect(good.length - before.jwt.sign(claims).length).toBeLessThanOrEqual(100)
  })
})

test('a token that the secret signed before the switch holds until it ends', () => {
  const old = before.jwt.sign(claims)
  expect(decode(old).header.alg).toBe('HS256')
  expect(outcome(jwt, old)).toBe('accepted')
  clock.advance(7200)
  expect(outcome(jwt, old)).toBe('token_expired')
  clock.advance(-7200)
})

test('a token of the previous private key holds, and of one that is taken away no more', () => {
  const rotated = { jwtPrivateKey: OTHER_PRIVATE_KEY, jwtPrivateKeyPrevious: PRIVATE_KEY }
  expect(outcome(setUp(rotated).jwt, good)).toBe('accepted')
  expect(outcome(setUp({ jwtPrivateKey: OTHER_PRIVATE_KEY }).jwt, good)).toBe('token_invalid')
  expect(outcome(before.jwt, good)).toBe('token_invalid')
})

/** What everybody knows of the key, in every form that could be taken for a secret. */
const PUBLIC_FORMS: readonly [string, string][] = [
  ['PEM', publicKey.export({ format: 'pem', type: 'spki' }).toString()],
  [
    'PEM without its last line break',
    publicKey.export({ format: 'pem', type: 'spki' }).toString().trim(),
  ],
  ['JWK', JSON.stringify(tokenKeys.publicKeys[0])],
  ['DER', publicKey.export({ format: 'der', type: 'spki' }).toString('latin1')],
  ['x', String(tokenKeys.publicKeys[0]?.x)],
]

describe('each kid has one algorithm:', () => {
  const secretKid = before.tokenKeys.current.kid

  test.each(PUBLIC_FORMS)(
    'an HMAC with the public key as its secret is refused: %s',
    (_n, secret) => {
      for (const kid of [header.kid, secretKid]) {
        for (const alg of ['HS256', 'ES256']) {
          expect(outcome(jwt, signed({ ...header, alg, kid }, payload, secret))).toBe(
            'token_invalid',
          )
        }
      }
    },
  )

  test('a right signature under the other kind of kid is refused', () => {
    const asHmac = { ...header, alg: 'HS256', kid: secretKid }
    expect(outcome(jwt, signed(asHmac, payload, JWT_SECRET))).toBe('accepted')
    expect(outcome(jwt, signed({ ...asHmac, kid: header.kid }, payload, JWT_SECRET))).toBe(
      'token_invalid',
    )
    expect(outcome(jwt, signed({ ...asHmac, alg: 'ES256' }, payload, JWT_SECRET))).toBe(
      'token_invalid',
    )
    expect(outcome(jwt, es256({ ...header, kid: secretKid }))).toBe('token_invalid')
    expect(outcome(jwt, es256({ ...header, alg: 'HS256' }))).toBe('token_invalid')
  })

  test('the key of one kid does not sign for another', () => {
    const both = setUp({ jwtPrivateKey: PRIVATE_KEY, jwtPrivateKeyPrevious: OTHER_PRIVATE_KEY })
    const [, other] = both.tokenKeys.publicKeys
    expect(outcome(both.jwt, es256({ ...header, kid: other?.kid }))).toBe('token_invalid')
    expect(outcome(both.jwt, es256(header, OTHER_PRIVATE_KEY))).toBe('token_invalid')
    expect(outcome(both.jwt, es256({ ...header, kid: other?.kid }, OTHER_PRIVATE_KEY))).toBe(
      'accepted',
    )
  })
})

describe('a forged token is token_invalid and nothing else:', () => {
  const algs = [
    'none',
    'None',
    'NONE',
    '',
    'es256',
    'ES256 ',
    'ES384',
    'ES512',
    'ES256K',
    'RS256',
    'PS256',
    'EdDSA',
    null,
    ['ES256'],
    256,
  ]
  const zeros = Buffer.alloc(64).toString('base64url')
  const ones = Buffer.from([...Buffer.alloc(31), 1, ...Buffer.alloc(31), 1]).toString('base64url')
  const der = signWith('sha256', Buffer.from(`${head}.${body}`), createPrivateKey(PRIVATE_KEY))

  test.each<[string, string]>([
    ...algs.map((alg): [string, string] => [
      `alg ${JSON.stringify(alg)}`,
      es256({ ...header, alg }),
    ]),
    ...algs.map((alg): [string, string] => [
      `alg ${JSON.stringify(alg)}, unsigned`,
      `${encode({ ...header, alg })}.${body}.`,
    ]),
    ['a signature of zeros', `${head}.${body}.${zeros}`],
    ['a signature of ones', `${head}.${body}.${ones}`],
    ['a signature in DER', `${head}.${body}.${der.toString('base64url')}`],
    ['an HMAC of the right length for HS256', signed(header, payload, JWT_SECRET)],
    ['a signature cut short', good.slice(0, -1)],
    ['a signature too long', `${good}A`],
    ['no signature', `${head}.${body}.`],
    ['another key', es256(header, OTHER_PRIVATE_KEY)],
    ['another secret', signed({ ...header, alg: 'HS256' }, payload, OTHER_JWT_SECRET)],
    [
      'a jwk in the header that signed it',
      es256({ ...header, jwk: tokenKeys.publicKeys[0] }, OTHER_PRIVATE_KEY),
    ],
    ['a jku in the header', es256({ ...header, jku: 'http://127.0.0.1:9/jwks.json' })],
    ['crit', es256({ ...header, crit: ['exp'] })],
    ['another typ', es256({ ...header, typ: 'JWT' })],
    ['no kid', es256({ alg: 'ES256', typ: 'mpl+jwt' })],
    ['another issuer', es256(header, PRIVATE_KEY, { ...payload, iss: 'x' })],
    ['another app', es256(header, PRIVATE_KEY, { ...payload, aud: 'wxffffffffffffffff' })],
    ['no exp', es256(header, PRIVATE_KEY, { ...payload, exp: undefined })],
    ...trailingBitVariants(signature).map((text, i): [string, string] => [
      `spare bits, ${i}`,
      `${head}.${body}.${text}`,
    ]),
  ])('%s', (_name, token) => {
    expect(outcome(jwt, token)).toBe('token_invalid')
    expect(outcome(jwt, good)).toBe('accepted')
  })

  test('one character changed, anywhere', () => {
    for (let i = 0; i < good.length; i++) {
      const altered = good.slice(0, i) + (good[i] === 'A' ? 'B' : 'A') + good.slice(i + 1)
      expect([i, outcome(jwt, altered)]).toEqual([i, 'token_invalid'])
    }
  })
})
