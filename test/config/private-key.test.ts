import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import {
  canonicalPrivateKey,
  problemWithPrivateKey,
  secretLinesOf,
} from '../../src/config/private-key'
import { newPrivateKey, OTHER_PRIVATE_KEY, PRIVATE_KEY } from '../support/private-keys'

const key = createPrivateKey(PRIVATE_KEY)
const sec1 = key.export({ format: 'pem', type: 'sec1' }).toString()
const publicPem = createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString()
/** What `openssl ecparam -name prime256v1 -genkey` writes before the key. */
const CURVE = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n'

describe('a private key on P-256', () => {
  test.each([
    ['as openssl genpkey writes it', PRIVATE_KEY],
    ['as openssl ecparam writes it, the curve before it', CURVE + sec1],
    ['with line breaks of Windows', PRIVATE_KEY.replaceAll('\n', '\r\n')],
    ['on one line, its line breaks as \\n', PRIVATE_KEY.replaceAll('\n', '\\n')],
    ['on one line, its line breaks as \\r\\n', PRIVATE_KEY.replaceAll('\n', '\\r\\n')],
    ['on one line, its line breaks as blanks', PRIVATE_KEY.trim().replaceAll('\n', ' ')],
    ['without its last line break', PRIVATE_KEY.trim()],
  ])('is taken %s, and is the same text then', (_name, text) => {
    expect(problemWithPrivateKey(text)).toBeUndefined()
    expect(canonicalPrivateKey(text)).toBe(PRIVATE_KEY.trim())
  })
})

const pemOf = (type: 'ed25519' | 'rsa') => {
  const made =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ed25519')
  return made.privateKey
}
const pkcs8 = { format: 'pem', type: 'pkcs8' } as const
const rsa = pemOf('rsa')
/** The private half of one key with the public half of another. */
const mixed = () => {
  const [d, other] = [key.export({ format: 'jwk' }).d, createPrivateKey(OTHER_PRIVATE_KEY)]
  const { x, y } = other.export({ format: 'jwk' })
  const jwk = { kty: 'EC', crv: 'P-256', d: String(d), x: String(x), y: String(y) }
  return createPrivateKey({ key: jwk, format: 'jwk' }).export(pkcs8).toString()
}
const sample = (d: string, x: string, y: string) =>
  createPrivateKey({ key: { kty: 'EC', crv: 'P-256', d, x, y }, format: 'jwk' })
    .export(pkcs8)
    .toString()
const encrypted = (type: 'pkcs8' | 'sec1') =>
  key.export({ format: 'pem', type, cipher: 'aes-256-cbc', passphrase: 'a-passphrase' }).toString()

describe('no private key on P-256', () => {
  test.each<[string, string, RegExp]>([
    ['an empty text', '', /PEM/],
    ['a word', 'secret', /PEM/],
    ['a path', '/run/secrets/jwt.pem', /_FILE/],
    ['a relative path', 'jwt.pem', /_FILE/],
    ['the public half', publicPem, /is a public key/],
    [
      'a certificate',
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
      /certificate/,
    ],
    ['an RSA key', rsa.export(pkcs8).toString(), /of type rsa/],
    ['an RSA key in its own form', rsa.export({ format: 'pem', type: 'pkcs1' }).toString(), /RSA/],
    ['an Ed25519 key', pemOf('ed25519').export(pkcs8).toString(), /of type ed25519/],
    ['a key on P-384', newPrivateKey('P-384'), /curve secp384r1/],
    ['a key on secp256k1', newPrivateKey('secp256k1', 'sec1'), /curve secp256k1/],
    ['an encrypted key', encrypted('pkcs8'), /encrypted with a password.*openssl pkey/],
    ['an encrypted key in the older form', encrypted('sec1'), /encrypted with a password/],
    ['OpenSSH’s own form', sec1.replaceAll('EC PRIVATE', 'OPENSSH PRIVATE'), /OpenSSH/],
    ['the name of a curve', CURVE, /-genkey/],
    ['two keys', PRIVATE_KEY + OTHER_PRIVATE_KEY, /holds 2 keys/],
    ['a key and its public half', PRIVATE_KEY + publicPem, /holds 2 keys/],
    ['a key cut short by .env', PRIVATE_KEY.split('\n')[0] as string, /several lines needs quotes/],
    ['a key that lost a line', PRIVATE_KEY.split('\n').toSpliced(1, 1).join('\n'), /is it whole/],
    ['two halves of two keys', mixed(), /not its own/],
    [
      'the sample key of RFC 7515',
      sample(
        'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
        'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
        'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
      ),
      /everybody knows/,
    ],
    [
      'the sample key of jwt.io',
      sample(
        'evZzL1gdAFr88hb2OF_2NxApJCzGCEDdfSp6VQO30hw',
        'EVs_o5-uQbTjL3chynL4wXgUg2R9q9UU8I5mEovUf84',
        'kGe5DgSIycKp8w9aJmoHhB1sB3QTugfnRWm5nU_TzsY',
      ),
      /everybody knows/,
    ],
  ])('is refused: %s, and the refusal shows nothing of it', (_name, text, words) => {
    const problem = String(problemWithPrivateKey(text))
    expect(problem).toMatch(words)
    for (const line of text.split('\n').filter(part => /^[\w+/=]{16,}$/.test(part))) {
      expect(problem).not.toContain(line)
    }
  })

  test('is told how to make one', () => {
    expect(problemWithPrivateKey('x')).toContain('openssl genpkey -algorithm EC')
    expect(problemWithPrivateKey(newPrivateKey('P-384'))).toContain('ec_paramgen_curve:P-256')
  })

  test('has no canonical text', () => {
    expect(() => canonicalPrivateKey('x')).toThrow(TypeError)
  })
})

test('every line of a key is a secret of its own, and no line of another text is', () => {
  const lines = secretLinesOf(canonicalPrivateKey(PRIVATE_KEY))
  expect(lines).toHaveLength(3)
  for (const line of lines) expect(PRIVATE_KEY).toContain(`\n${line}\n`)
  expect(secretLinesOf('a secret\nof two lines')).toEqual([])
})
