import fc from 'fast-check'
import { createKeyRing } from '../../src/token/keys'
import { isSealedBy, type Sealed, seal, unseal } from '../../src/token/seal'
import { JWT_SECRET, OTHER_JWT_SECRET } from '../support/service'

const ring = createKeyRing(JWT_SECRET)
const context = { sessionId: 'session-1', appid: 'wx0000000000000000' }
const values: Sealed = {
  openid: 'oSIMabcdefghijklmnopqrstuvwx',
  sessionKey: 'c2Vzc2lvbiBrZXkgMTYgYg==',
  unionid: 'oSIMuabcdefghijklmnopqrstuv',
}

/** The blob's parts: the kid before the dot, and the bytes behind it. */
function open(blob: string): { kid: string; bytes: Buffer } {
  const dot = blob.indexOf('.')
  return { kid: blob.slice(0, dot), bytes: Buffer.from(blob.slice(dot + 1), 'base64url') }
}
const close = (kid: string, bytes: Buffer) => `${kid}.${bytes.toString('base64url')}`

describe('sealed values', () => {
  test('come back as they went in, with and without a unionid', () => {
    const { unionid: _, ...alone } = values
    expect(unseal(ring, seal(ring.current, values, context), context)).toEqual(values)
    expect(unseal(ring, seal(ring.current, alone, context), context)).toEqual(alone)
  })

  test('come back whatever WeChat put into them', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 })
    const sealed = fc.record({ openid: text, sessionKey: text, unionid: text })
    fc.assert(
      fc.property(sealed, secret => {
        expect(unseal(ring, seal(ring.current, secret, context), context)).toEqual(secret)
      }),
    )
  })

  test('look different each time, so that equal ones are not seen to be equal', () => {
    const blobs = Array.from({ length: 1000 }, () => seal(ring.current, values, context))
    const nonces = blobs.map(blob => open(blob).bytes.subarray(0, 12).toString('hex'))
    const ends = blobs.map(blob => blob.slice(-60))
    expect(new Set(nonces).size).toBe(1000)
    expect(new Set(ends).size).toBe(1000)
  })

  test('show nothing of themselves', () => {
    const blob = seal(ring.current, values, context)
    const { bytes } = open(blob)
    expect(blob).toMatch(/^[\w-]{8}\.[\w-]+$/)
    for (const value of Object.values(values)) {
      for (const form of [value, Buffer.from(value).toString('base64url')]) {
        expect(blob).not.toContain(form)
        expect(bytes.includes(form)).toBe(false)
      }
    }
    expect(bytes.includes('openid')).toBe(false)
  })
})

describe('a blob does not open', () => {
  const blob = seal(ring.current, values, context)
  const { kid, bytes } = open(blob)

  test('with any one bit flipped', () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = Buffer.from(bytes)
      altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7))
      expect([bit, unseal(ring, close(kid, altered), context)]).toEqual([bit, undefined])
    }
  })

  test('cut short, at either end, or made longer', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(unseal(ring, close(kid, bytes.subarray(0, length)), context)).toBeUndefined()
    }
    expect(unseal(ring, close(kid, bytes.subarray(1)), context)).toBeUndefined()
    expect(unseal(ring, close(kid, Buffer.concat([bytes, bytes])), context)).toBeUndefined()
    expect(unseal(ring, close(kid, Buffer.concat([bytes, Buffer.alloc(1)])), context)).toBe(
      undefined,
    )
  })

  test('with a shorter tag, as GCM would allow', () => {
    for (const tagBytes of [4, 8, 12, 13, 14, 15]) {
      const shorter = bytes.subarray(0, bytes.length - 16 + tagBytes)
      expect(unseal(ring, close(kid, shorter), context)).toBeUndefined()
    }
  })

  test('in another session or under another app', () => {
    const { sessionId, appid } = context
    expect(unseal(ring, blob, { sessionId: 'session-2', appid })).toBeUndefined()
    expect(unseal(ring, blob, { sessionId, appid: 'wx1111111111111111' })).toBeUndefined()
    expect(unseal(ring, blob, { sessionId: appid, appid: sessionId })).toBeUndefined()
    expect(unseal(ring, blob, { sessionId: '', appid: '' })).toBeUndefined()
  })

  test('under another secret, also if it claims that one’s kid', () => {
    const other = createKeyRing(OTHER_JWT_SECRET)
    expect(unseal(other, blob, context)).toBeUndefined()
    expect(unseal(other, close(other.current.kid, bytes), context)).toBeUndefined()
  })

  test('without a kid, or with one that names no key', () => {
    const names = [
      '',
      '__proto__',
      'constructor',
      '../key',
      kid.toUpperCase(),
      `${kid} `,
      `.${kid}`,
    ]
    for (const name of names) expect(unseal(ring, close(name, bytes), context)).toBeUndefined()
    expect(unseal(ring, bytes.toString('base64url'), context)).toBeUndefined()
  })

  test('when it is any other text, and nothing is thrown', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.base64String())
    fc.assert(fc.property(text, garbage => unseal(ring, garbage, context) === undefined))
    fc.assert(fc.property(text, end => unseal(ring, `${kid}.${end}`, context) === undefined))
  })
})

describe('after a rotation', () => {
  const rotated = createKeyRing(OTHER_JWT_SECRET, JWT_SECRET)

  test('what the previous key sealed still opens, and is known to be old', () => {
    const old = seal(ring.current, values, context)
    expect(unseal(rotated, old, context)).toEqual(values)
    expect(isSealedBy(rotated.current, old)).toBe(false)
  })

  test('what is sealed anew is sealed by the current key, which opens it alone', () => {
    const fresh = seal(rotated.current, values, context)
    expect(isSealedBy(rotated.current, fresh)).toBe(true)
    expect(unseal(createKeyRing(OTHER_JWT_SECRET), fresh, context)).toEqual(values)
    expect(unseal(ring, fresh, context)).toBeUndefined()
  })

  test('a kid that only begins alike is another key', () => {
    const { kid } = rotated.current
    expect(isSealedBy(rotated.current, `${kid}x.AAAA`)).toBe(false)
    expect(isSealedBy(rotated.current, kid)).toBe(false)
  })
})
