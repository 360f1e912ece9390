import { createPrivateKey, createPublicKey } from 'node:crypto'
import { inspect } from 'node:util'
import { createSigningKeys } from '../../src/token/signing-keys'
import { createTokenKeys } from '../../src/token/token-keys'
import { OTHER_PRIVATE_KEY, PRIVATE_KEY } from '../support/private-keys'
import { JWT_SECRET, OTHER_JWT_SECRET } from '../support/secrets'

const secrets = createSigningKeys(JWT_SECRET, OTHER_JWT_SECRET)
const both = { jwtPrivateKey: PRIVATE_KEY, jwtPrivateKeyPrevious: OTHER_PRIVATE_KEY }
const algorithms = (keys: ReturnType<typeof createTokenKeys>) =>
  [...keys.byKid.values()].map(({ algorithm }) => algorithm)

describe('the keys of tokens', () => {
  test('are the secrets’ own without a private key, and nothing is public', () => {
    const keys = createTokenKeys(secrets)
    expect([...keys.byKid.keys()]).toEqual([...secrets.byKid.keys()])
    expect(keys.current).toMatchObject({ kid: secrets.current.kid, algorithm: 'HS256' })
    expect(keys.publicKeys).toEqual([])
  })

  test('are led by the private key, and the secrets still verify', () => {
    const keys = createTokenKeys(secrets, both)
    expect(algorithms(keys)).toEqual(['ES256', 'ES256', 'HS256', 'HS256'])
    expect(keys.current).toBe([...keys.byKid.values()][0])
    expect(keys.publicKeys.map(({ kid }) => kid)).toEqual([...keys.byKid.keys()].slice(0, 2))
  })

  test('with a previous private key alone sign by the secret, and the key is public already', () => {
    const keys = createTokenKeys(secrets, { jwtPrivateKeyPrevious: PRIVATE_KEY })
    expect(keys.current.algorithm).toBe('HS256')
    expect(keys.publicKeys).toEqual([createTokenKeys(secrets, both).publicKeys[0]])
  })

  test('verify with the public half alone', () => {
    const { current } = createTokenKeys(secrets, both)
    expect([current.signing.type, current.verifying.type]).toEqual(['private', 'public'])
  })

  test('have no key under a name that every object has', () => {
    const { byKid } = createTokenKeys(secrets, both)
    for (const name of ['__proto__', 'constructor', 'toString', 'get', 'size', '']) {
      expect(byKid.get(name)).toBeUndefined()
    }
  })

  test('show no secret when they are printed or made into JSON', () => {
    const keys = createTokenKeys(secrets, both)
    const printed = inspect(keys, { depth: 9, showHidden: true }) + JSON.stringify(keys)
    const { d } = createPrivateKey(PRIVATE_KEY).export({ format: 'jwk' })
    for (const secret of [JWT_SECRET, String(d), PRIVATE_KEY.split('\n')[1] as string]) {
      expect(printed).not.toContain(secret)
    }
  })
})

test('a public key is what RFC 7517 asks for, and holds no private part', () => {
  const [jwk] = createTokenKeys(secrets, both).publicKeys
  const { x, y } = createPublicKey(PRIVATE_KEY).export({ format: 'jwk' })
  const names = { kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256' }
  expect(jwk).toEqual({ ...names, x, y, kid: expect.stringMatching(/^[\w-]{43}$/) })
})

test('a key is named by its RFC 7638 thumbprint', () => {
  // Thumbprint of the sample key of RFC 7517 A.1, as the jose package computes it.
  const jwk = {
    ...{ kty: 'EC', crv: 'P-256', d: '870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE' },
    x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
    y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
  }
  const pem = createPrivateKey({ key: jwk, format: 'jwk' }).export({ format: 'pem', type: 'pkcs8' })
  const keys = createTokenKeys(secrets, { jwtPrivateKey: pem.toString() })
  expect(keys.current.kid).toBe('cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s')
})
