import { randomBytes } from 'node:crypto'
import { isPlaceholder, weaknessOf } from '../../src/config/secret-strength'
import { OTHER_JWT_SECRET } from '../support/service'

test.each([
  ['31 bytes', 'k9Q2vXr7LmZ4tWc8NpB1yHs6DgJ3fUa'],
  ['one character over and over', 'a'.repeat(64)],
  ['a word over and over', 'horse4Battery'.repeat(5)],
  ['a placeholder', 'change-me-change-me-please-now-0123'],
  ['another placeholder', 'your-256-bit-secret-goes-right-here'],
  ['a sample from a tutorial', 'my super secret jwt signing key 2024'],
  ['digits in order', '01234567890123456789012345678901234'],
])('a signing secret is refused when it is %s, and is not shown', (_what, secret) => {
  const weakness = weaknessOf(secret)
  expect(weakness).toEqual(expect.any(String))
  expect(weakness).not.toContain(secret)
})

test('a refusal names length and fingerprint, so that a cut value is recognised', () => {
  expect(weaknessOf('abc')).toMatch(/3 bytes, SHA-256 starts with ba7816bf/)
})

test('a random signing secret is taken, in any of the usual spellings', () => {
  for (let i = 0; i < 200; i++) {
    const bytes = randomBytes(32)
    expect(weaknessOf(bytes.toString('hex'))).toBeUndefined()
    expect(weaknessOf(bytes.toString('base64'))).toBeUndefined()
  }
  expect(weaknessOf(OTHER_JWT_SECRET)).toBeUndefined()
})

test('a value copied from a sample is a placeholder, a random one is not', () => {
  const samples = ['your-app-secret', 'aaaaaaaaaaaaaaaa', 'changeme12345', 'abababababababab']
  expect(samples.filter(sample => !isPlaceholder(sample))).toEqual([])
  expect(isPlaceholder('0a1b2c3d4e5f60718293a4b5c6d7e8f9')).toBe(false)
})
