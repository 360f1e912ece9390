import { inspect } from 'node:util'
import { createSigningKeys, type SigningKey } from '../../src/token/signing-keys'
import { JWT_SECRET, OTHER_JWT_SECRET } from '../support/secrets'

const bytesOf = (key: SigningKey) => [key.signing.export(), key.sealing.export()] as const

describe('signing keys', () => {
  test('of one secret are one key, and of two secrets two, the current one first', () => {
    const alone = createSigningKeys(JWT_SECRET)
    expect([...alone.byKid.values()]).toEqual([alone.current])
    const rotated = createSigningKeys(OTHER_JWT_SECRET, JWT_SECRET)
    expect([...rotated.byKid.keys()]).toEqual([rotated.current.kid, alone.current.kid])
    expect(rotated.current.kid).not.toBe(alone.current.kid)
  })

  test('are the same on every instance that has the secret', () => {
    const [one, two] = [
      createSigningKeys(JWT_SECRET).current,
      createSigningKeys(JWT_SECRET).current,
    ]
    expect(one.kid).toBe(two.kid)
    expect(bytesOf(one)).toEqual(bytesOf(two))
  })

  test('have no key under a name that every object has', () => {
    const { byKid } = createSigningKeys(JWT_SECRET)
    for (const name of ['__proto__', 'constructor', 'toString', 'get', 'size', '']) {
      expect(byKid.get(name)).toBeUndefined()
    }
  })

  test('sign with the secret itself, and seal with a 256-bit key that differs from it', () => {
    const [signing, sealing] = bytesOf(createSigningKeys(JWT_SECRET).current)
    expect(signing.toString()).toBe(JWT_SECRET)
    expect(sealing).toHaveLength(32)
    expect(signing.includes(sealing)).toBe(false)
    expect(sealing).not.toEqual(signing.subarray(0, 32))
  })

  test('take a secret as UTF-8, every byte of it', () => {
    const [signing] = bytesOf(createSigningKeys(`${JWT_SECRET}é`).current)
    expect(signing).toHaveLength(Buffer.byteLength(JWT_SECRET) + 2)
    const kids = [JWT_SECRET, `${JWT_SECRET} `, `${JWT_SECRET}\0`, JWT_SECRET.toLowerCase()]
    expect(new Set(kids.map(secret => createSigningKeys(secret).current.kid)).size).toBe(4)
  })

  test('name each key with 48 bits that are no part of the secret', () => {
    const { kid, sealing } = createSigningKeys(JWT_SECRET).current
    expect(kid).toMatch(/^[\w-]{8}$/)
    expect(Buffer.from(JWT_SECRET).includes(Buffer.from(kid, 'base64url'))).toBe(false)
    expect(sealing.export().includes(Buffer.from(kid, 'base64url'))).toBe(false)
  })

  test('show no secret when they are printed or made into JSON', () => {
    const signingKeys = createSigningKeys(JWT_SECRET, OTHER_JWT_SECRET)
    const printed =
      inspect(signingKeys, { depth: 9, showHidden: true }) + JSON.stringify(signingKeys.current)
    for (const secret of [JWT_SECRET, OTHER_JWT_SECRET]) {
      expect(printed).not.toContain(secret)
      expect(printed).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20))
      expect(printed).not.toContain(Buffer.from(secret).toString('hex').slice(0, 20))
    }
  })
})
