import { inspect } from 'node:util'
import { createKeyRing, digest, type Key } from '../../src/token/keys'
import { JWT_SECRET, OTHER_JWT_SECRET } from '../support/service'

const bytesOf = (key: Key) => [key.signing.export(), key.sealing.export()] as const

describe('a key ring', () => {
  test('of one secret has one key, and of two has both, the current one first', () => {
    const alone = createKeyRing(JWT_SECRET)
    expect([...alone.byKid.values()]).toEqual([alone.current])
    const rotated = createKeyRing(OTHER_JWT_SECRET, JWT_SECRET)
    expect([...rotated.byKid.keys()]).toEqual([rotated.current.kid, alone.current.kid])
    expect(rotated.current.kid).not.toBe(alone.current.kid)
  })

  test('is the same on every instance that has the secret', () => {
    const [one, two] = [createKeyRing(JWT_SECRET).current, createKeyRing(JWT_SECRET).current]
    expect(one.kid).toBe(two.kid)
    expect(bytesOf(one)).toEqual(bytesOf(two))
  })

  test('has no key under a name that every object has', () => {
    const { byKid } = createKeyRing(JWT_SECRET)
    for (const name of ['__proto__', 'constructor', 'toString', 'get', 'size', '']) {
      expect(byKid.get(name)).toBeUndefined()
    }
  })

  test('signs with the secret itself, and seals with a 256-bit key that differs from it', () => {
    const [signing, sealing] = bytesOf(createKeyRing(JWT_SECRET).current)
    expect(signing.toString()).toBe(JWT_SECRET)
    expect(sealing).toHaveLength(32)
    expect(signing.includes(sealing)).toBe(false)
    expect(sealing).not.toEqual(signing.subarray(0, 32))
  })

  test('takes a secret as UTF-8, every byte of it', () => {
    const [signing] = bytesOf(createKeyRing(`${JWT_SECRET}é`).current)
    expect(signing).toHaveLength(Buffer.byteLength(JWT_SECRET) + 2)
    const kids = [JWT_SECRET, `${JWT_SECRET} `, `${JWT_SECRET}\0`, JWT_SECRET.toLowerCase()]
    expect(new Set(kids.map(secret => createKeyRing(secret).current.kid)).size).toBe(4)
  })

  test('names its key with 48 bits that are no part of the secret', () => {
    const { kid, sealing } = createKeyRing(JWT_SECRET).current
    expect(kid).toMatch(/^[\w-]{8}$/)
    expect(Buffer.from(JWT_SECRET).includes(Buffer.from(kid, 'base64url'))).toBe(false)
    expect(sealing.export().includes(Buffer.from(kid, 'base64url'))).toBe(false)
  })

  test('shows no secret when it is printed or made into JSON', () => {
    const ring = createKeyRing(JWT_SECRET, OTHER_JWT_SECRET)
    const printed = inspect(ring, { depth: 9, showHidden: true }) + JSON.stringify(ring.current)
    for (const secret of [JWT_SECRET, OTHER_JWT_SECRET]) {
      expect(printed).not.toContain(secret)
      expect(printed).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20))
      expect(printed).not.toContain(Buffer.from(secret).toString('hex').slice(0, 20))
    }
  })
})

describe('a digest', () => {
  test('is 128 bits or more, in base64url, the same for the same parts', () => {
    expect(digest('a', 'b')).toMatch(/^[\w-]{22}$/)
    expect(digest('a', 'b')).toBe(digest('a', 'b'))
  })

  test('differs where parts are cut elsewhere, reordered or left out', () => {
    const lists = [
      ...[['ab'], ['a', 'b'], ['b', 'a'], ['', 'ab'], ['ab', ''], ['a', '', 'b'], [''], []],
      ...[['1:a', 'b'], ['1:a1:b'], ['a1:b'], ['é'], ['e\u0301']],
    ]
    expect(new Set(lists.map(parts => digest(...parts))).size).toBe(lists.length)
  })
})
