import fc from 'fast-check'
import {
  isSealedBy,
  openText,
  openSecrets as openWithForm,
  type SessionSecrets,
  sealSecrets,
  sealText,
} from '../../src/token/seal'
import { createSigningKeys } from '../../src/token/signing-keys'
import { codePoint } from '../support/code-point'
import { JWT_SECRET, OTHER_JWT_SECRET } from '../support/secrets'

const signingKeys = createSigningKeys(JWT_SECRET)
const context = { sessionId: 'session-1', userId: 'user-1', appid: 'wx0000000000000000' }
/** What opened, without how. */
const openSecrets = (...opened: Parameters<typeof openWithForm>) => openWithForm(...opened)?.secrets
const values = {
  openid: 'oSIMabcdefghijklmnopqrstuvwx',
  sessionKey: 'c2Vzc2lvbiBrZXkgMTYgYg==',
  unionid: 'oSIMuabcdefghijklmnopqrstuv',
} satisfies SessionSecrets

/** The blob's parts: the kid before the dot, and the bytes behind it. */
function open(blob: string): { kid: string; bytes: Buffer } {
  const dot = blob.indexOf('.')
  return { kid: blob.slice(0, dot), bytes: Buffer.from(blob.slice(dot + 1), 'base64url') }
}
const close = (kid: string, bytes: Buffer) => `${kid}.${bytes.toString('base64url')}`

describe('sealed values', () => {
  test('come back as they went in, with and without a unionid or a session_key', () => {
    const { openid, sessionKey, unionid } = values
    for (const each of [values, { openid, sessionKey }, { openid, unionid }, { openid }]) {
      const sealed = sealSecrets(signingKeys.current, each, context)
      expect(openSecrets(signingKeys, sealed, context)).toEqual(each)
    }
  })

  test('of the version before still open: what it sealed is in stores and in tokens', () => {
    // Made by version 0.1.0 with this secret.
    const sealed =
      'wYRnW_In.1inSltkcBTgzH2ZHMsdvgG5dE-btO_ZUysQymKj52YMDkwM04jRgib-WQ1F4x8-zGz9xig3SdLdSp-oyoRnjdq5cew4ktokJrNzy4D5Lv-nJWCPQDr37wmd31Wuxa3kQslKAk28zUD5M_w62eX9ofiTST0rG'
    expect(openWithForm(signingKeys, sealed, context)).toEqual({
      secrets: values,
      isBoundToUser: false,
    })
  })

  test('any text opens only under the name that it was sealed for', () => {
    const name = 'access_token:wx0000000000000000'
    const sealed = sealText(signingKeys.current, 'a text', name)
    expect(openText(signingKeys, sealed, name)).toBe('a text')
    expect(openText(signingKeys, sealed, `${name} `)).toBeUndefined()
  })

  test('come back whatever WeChat put into them', () => {
    const text = fc.string({ unit: codePoint, minLength: 1 })
    const sealed = fc.record({ openid: text, sessionKey: text, unionid: text })
    fc.assert(
      fc.property(sealed, secret => {
        expect(
          openSecrets(signingKeys, sealSecrets(signingKeys.current, secret, context), context),
        ).toEqual(secret)
      }),
    )
  })

  test('look different each time, so that equal ones are not seen to be equal', () => {
    const blobs = Array.from({ length: 1000 }, () =>
      sealSecrets(signingKeys.current, values, context),
    )
    const nonces = blobs.map(blob => open(blob).bytes.subarray(0, 12).toString('hex'))
    const ends = blobs.map(blob => blob.slice(-60))
    expect(new Set(nonces).size).toBe(1000)
    expect(new Set(ends).size).toBe(1000)
  })

  test('show nothing of themselves', () => {
    const blob = sealSecrets(signingKeys.current, values, context)
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

describe('a blob that processes of version 0.1 open too', () => {
  const blob = sealSecrets(signingKeys.current, values, context, { forOldProcesses: true })

  test('names its user all the same', () => {
    expect(openWithForm(signingKeys, blob, context)).toEqual({
      secrets: values,
      isBoundToUser: true,
    })
    expect(openSecrets(signingKeys, blob, { ...context, userId: 'user-2' })).toBeUndefined()
  })

  test('opens as those processes open it', () => {
    const text = openText(signingKeys, blob, `${context.sessionId}\n${context.appid}`)
    const { openid, sessionKey, unionid } = values
    expect(JSON.parse(String(text)).slice(0, 3)).toEqual([openid, sessionKey, unionid])
  })
})

describe('a blob does not open', () => {
  const blob = sealSecrets(signingKeys.current, values, context)
  const { kid, bytes } = open(blob)

  test('with any one bit flipped', () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = Buffer.from(bytes)
      altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7))
      expect([bit, openSecrets(signingKeys, close(kid, altered), context)]).toEqual([
        bit,
        undefined,
      ])
    }
  })

  test('cut short, at either end, or made longer', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(
        openSecrets(signingKeys, close(kid, bytes.subarray(0, length)), context),
      ).toBeUndefined()
    }
    expect(openSecrets(signingKeys, close(kid, bytes.subarray(1)), context)).toBeUndefined()
    expect(
      openSecrets(signingKeys, close(kid, Buffer.concat([bytes, bytes])), context),
    ).toBeUndefined()
    expect(
      openSecrets(signingKeys, close(kid, Buffer.concat([bytes, Buffer.alloc(1)])), context),
    ).toBe(undefined)
  })

  test('with a shorter tag, as GCM would allow', () => {
    for (const tagBytes of [4, 8, 12, 13, 14, 15]) {
      const shorter = bytes.subarray(0, bytes.length - 16 + tagBytes)
      expect(openSecrets(signingKeys, close(kid, shorter), context)).toBeUndefined()
    }
  })

  test('in another session, for another user or under another app', () => {
    const { sessionId, userId, appid } = context
    const others = [
      { ...context, sessionId: 'session-2' },
      { ...context, userId: 'user-2' },
      { ...context, appid: 'wx1111111111111111' },
      { ...context, sessionId: appid, appid: sessionId },
      { ...context, sessionId: userId, userId: sessionId },
      { sessionId: '', userId: '', appid: '' },
    ]
    for (const other of others) expect(openSecrets(signingKeys, blob, other)).toBeUndefined()
  })

  test('in a session whose name makes the name of the old form look like the new one', () => {
    const { sessionId, userId, appid } = context
    const crafted = { sessionId: `session\n${sessionId}\n${userId}`, userId: 'eve', appid }
    expect(openSecrets(signingKeys, blob, crafted)).toBeUndefined()
  })

  test('under another secret, also if it claims that one’s kid', () => {
    const other = createSigningKeys(OTHER_JWT_SECRET)
    expect(openSecrets(other, blob, context)).toBeUndefined()
    expect(openSecrets(other, close(other.current.kid, bytes), context)).toBeUndefined()
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
    for (const name of names)
      expect(openSecrets(signingKeys, close(name, bytes), context)).toBeUndefined()
    expect(openSecrets(signingKeys, bytes.toString('base64url'), context)).toBeUndefined()
  })

  test('when it is any other text, and nothing is thrown', () => {
    const text = fc.oneof(fc.string({ unit: codePoint }), fc.base64String())
    fc.assert(
      fc.property(text, garbage => openSecrets(signingKeys, garbage, context) === undefined),
    )
    fc.assert(
      fc.property(text, end => openSecrets(signingKeys, `${kid}.${end}`, context) === undefined),
    )
  })
})

describe('after a rotation', () => {
  const rotated = createSigningKeys(OTHER_JWT_SECRET, JWT_SECRET)

  test('what the previous key sealed still opens, and is known to be old', () => {
    const old = sealSecrets(signingKeys.current, values, context)
    expect(openSecrets(rotated, old, context)).toEqual(values)
    expect(isSealedBy(rotated.current, old)).toBe(false)
  })

  test('what is sealed anew is sealed by the current key, which opens it alone', () => {
    const fresh = sealSecrets(rotated.current, values, context)
    expect(isSealedBy(rotated.current, fresh)).toBe(true)
    expect(openSecrets(createSigningKeys(OTHER_JWT_SECRET), fresh, context)).toEqual(values)
    expect(openSecrets(signingKeys, fresh, context)).toBeUndefined()
  })

  test('a kid that only begins alike is another key', () => {
    const { kid } = rotated.current
    expect(isSealedBy(rotated.current, `${kid}x.AAAA`)).toBe(false)
    expect(isSealedBy(rotated.current, kid)).toBe(false)
  })
})
