import type { IncomingMessage } from 'node:http'
import fc from 'fast-check'
import { readFields, readHeaders } from '../../src/http/read-request'
import {
  accessTokenHeaders,
  loginFields,
  loginHeaders,
  logoutFields,
  openDataFields,
  phoneFields,
  profileFields,
  tokenFields,
} from '../../src/http/request-fields'
import { readOpenData } from '../../src/wx/read-open-data'
import { refusal } from '../support/refusal'

const NO_TEXT = [0, 1, -1, 1e300, Number.NaN, true, false, [], ['x'], {}, { code: 'x' }, () => 'x']

describe('a login code', () => {
  const readCode = (code: unknown) => readFields(loginFields, { code }).code

  test('is 1 to 512 visible ASCII characters, and comes through as it is', () => {
    const visible = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map(n => String.fromCharCode(n)),
      minLength: 1,
      maxLength: 512,
    })
    const isNone = (code: string) => code === 'undefined' || code === 'null'
    fc.assert(fc.property(visible, code => isNone(code) || readCode(code) === code))
    expect(readCode('x'.repeat(512))).toHaveLength(512)
    expect(refusal(() => readCode('x'.repeat(513)))).toBe('invalid_request code')
  })

  test('has no character outside of those, wherever it stands', () => {
    const taken: string[] = []
    for (let point = 0; point < 0x3000; point++) {
      const char = String.fromCharCode(point)
      const codes = [`${char}abc`, `ab${char}c`, `abc${char}`]
      const refused = codes.filter(code => refusal(() => readCode(code)) === 'invalid_request code')
      if (refused.length < codes.length) taken.push(char)
    }
    const visible = Array.from({ length: 0x7e - 0x20 }, (_, i) => String.fromCharCode(0x21 + i))
    expect(taken).toEqual(visible)
  })

  test('that is absent, null, empty, or the text of such a value is missing; of any other type it is malformed', () => {
    for (const none of [undefined, null, '', 'undefined', 'null'])
      expect(refusal(() => readCode(none))).toBe('code_missing')
    for (const wrong of NO_TEXT) expect(refusal(() => readCode(wrong))).toBe('invalid_request code')
  })
})

test('an appid is a text or absent', () => {
  const readAppid = (appid: unknown) => readFields(loginFields, { code: 'x', appid }).appid
  expect(readAppid(undefined)).toBeUndefined()
  expect(readAppid('wx1')).toBe('wx1')
  for (const wrong of [...NO_TEXT, null]) {
    expect(refusal(() => readAppid(wrong))).toBe('invalid_request appid')
  }
})

test('an idempotency key is 1 to 512 visible ASCII characters or absent', () => {
  const readKey = (given?: string) => {
    const headers = { 'idempotency-key': given }
    return readHeaders(loginHeaders, { headers } as unknown as IncomingMessage)['idempotency-key']
  }
  expect(readKey()).toBeUndefined()
  expect(readKey('try-1')).toBe('try-1')
  for (const wrong of ['', ' ', 'a b', 'é', 'x'.repeat(513), 'a\tb']) {
    const read = () => readKey(wrong)
    expect([wrong, refusal(read)]).toEqual([wrong, 'invalid_request Idempotency-Key'])
  }
})

test('a flag is true, false or absent, and nothing that merely looks true', () => {
  const readAll = (all: unknown) => readFields(logoutFields, { all }).all
  expect([true, false, undefined].map(readAll)).toEqual([true, false, undefined])
  for (const wrong of [null, 1, 0, 'true', '', [], {}, [true]]) {
    expect(refusal(() => readAll(wrong))).toBe('invalid_request all')
  }
})

describe('a profile', () => {
  const nickname = (value: unknown) => refusal(() => readFields(profileFields, { nickname: value }))
  const avatar = (value: unknown) => refusal(() => readFields(profileFields, { avatar_url: value }))

  test('changes what is given: null clears, what is absent stays', () => {
    expect(readFields(profileFields, {})).toEqual({})
    const nothing = { nickname: null, avatar_url: null }
    expect(readFields(profileFields, nothing)).toEqual(nothing)
  })

  test('has a nickname of 1 to 64 characters, counted as people count', () => {
    for (const good of ['x', '小明', '😀'.repeat(64), "O'Brien; DROP TABLE", '<b>', ' a ']) {
      expect([good, nickname(good)]).toEqual([good, undefined])
    }
    const bad = ['', 'x'.repeat(65), '😀'.repeat(65), 'a\nb', 'a\0', '\u0085', '\ud800', 'a\udc00b']
    for (const wrong of [...bad, ...NO_TEXT]) {
      expect([wrong, nickname(wrong)]).toEqual([wrong, 'invalid_request nickname'])
    }
  })

  test('has an avatar that is an https URL', () => {
    for (const good of ['https://a.example/b.png?c=d#e', 'https://thirdwx.qlogo.cn/mmopen/x/132']) {
      expect([good, avatar(good)]).toEqual([good, undefined])
    }
    const schemes = ['http:', 'javascript:', 'data:', 'file:', 'wxfile:', 'ftp:', 'HTTPS:']
    const bad = ['', 'https://', 'https:// a', 'https://[', 'x https://a.example', '//a.example/b']
    const long = `https://a.example/${'x'.repeat(1024)}`
    for (const wrong of [...schemes.map(s => `${s}//a.example/b`), ...bad, long, ...NO_TEXT]) {
      expect([wrong, avatar(wrong)]).toEqual([wrong, 'invalid_request avatar_url'])
    }
    for (const wrong of ['https://a.example/\n', 'https://a.example/é', 'https://a.example/ b']) {
      expect([wrong, avatar(wrong)]).toEqual([wrong, 'invalid_request avatar_url'])
    }
  })
})

test('a token to check is a text; any other value counts as none and is never refused', () => {
  fc.assert(
    fc.property(fc.anything(), token => {
      const expected = typeof token === 'string' ? token : undefined
      return readFields(tokenFields, { token }).token === expected
    }),
  )
})

test('a phone code is as long and as plain as a login code', () => {
  const read = (code: unknown) => refusal(() => readFields(phoneFields, { code }))
  expect([read('x'.repeat(512)), read('x'.repeat(513)), read('')]).toEqual([
    ...[undefined, 'invalid_request code', 'phone_code_missing'],
  ])
})

test('an access_token that WeChat refused is 1 to 2048 visible ASCII characters or absent', () => {
  const read = (value?: string) => {
    const headers = { 'x-refused-access-token': value }
    const request = { headers } as unknown as IncomingMessage
    return refusal(() => readHeaders(accessTokenHeaders, request))
  }
  for (const good of [undefined, 'x', 'x'.repeat(2048)]) expect(read(good)).toBeUndefined()
  for (const wrong of ['', 'a b', 'é', 'x'.repeat(2049)]) {
    expect([wrong, read(wrong)]).toEqual([wrong, 'invalid_request X-Refused-Access-Token'])
  }
})

describe('open data is refused as malformed by schema and use case alike', () => {
  const value = fc.oneof(
    fc.constantFrom(
      undefined,
      null,
      '',
      'AAAAAAAAAAAAAAAAAAAAAA==',
      '{}',
      'a'.repeat(40),
      7,
      [],
      {},
    ),
    fc.string(),
    fc.anything(),
  )
  const fields = fc.record({ encryptedData: value, iv: value, rawData: value, signature: value })

  test('whatever is sent: a request that the schema refuses, the use case refuses', () => {
    fc.assert(
      fc.property(fields, given => {
        fc.pre(!openDataFields.safeParse(given).success)
        return refusal(() => readOpenData(given)) !== undefined
      }),
    )
  })

  test('and what the schema takes, the use case never calls malformed', () => {
    const text = fc.constantFrom('', 'AAAAAAAAAAAAAAAAAAAAAA==', '{}', 'a'.repeat(40), ' ')
    const none = fc.constantFrom(undefined, null)
    const taken = fc
      .record({
        encryptedData: fc.oneof(none, text),
        iv: fc.oneof(none, text),
        rawData: fc.oneof(none, text),
        signature: fc.oneof(none, text),
      })
      .filter(given => openDataFields.safeParse(given).success)
    fc.assert(
      fc.property(
        taken,
        given => !refusal(() => readOpenData(given))?.startsWith('invalid_request'),
      ),
    )
  })
})
