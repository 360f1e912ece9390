import type { IncomingMessage } from 'node:http'
import fc from 'fast-check'
import { LoginError } from '../../src/errors'
import {
  queryValue,
  readAppid,
  readBearer,
  readCode,
  readFlag,
  readIdempotencyKey,
  readProfile,
  readToken,
} from '../../src/http/read-request'

function refusal(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (error instanceof LoginError) return `${error.code} ${error.field ?? ''}`.trim()
    throw error
  }
}

/** A request as Node makes it of these headers, in the order given. */
function withHeaders(...pairs: [string, string][]): IncomingMessage {
  const headers = Object.fromEntries(pairs.toReversed().map(([k, v]) => [k.toLowerCase(), v]))
  return { headers, rawHeaders: pairs.flat() } as unknown as IncomingMessage
}
const withUrl = (url: string) => ({ url, headers: {} }) as unknown as IncomingMessage

const NO_TEXT = [0, 1, -1, 1e300, Number.NaN, true, false, [], ['x'], {}, { code: 'x' }, () => 'x']

describe('a login code', () => {
  test('is 1 to 512 visible ASCII characters, and comes through as it is', () => {
    const visible = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map(n => String.fromCharCode(n)),
      minLength: 1,
      maxLength: 512,
    })
    fc.assert(fc.property(visible, code => readCode(code) === code))
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

  test('that is absent, null or empty is missing; of any other type it is malformed', () => {
    for (const none of [undefined, null, ''])
      expect(refusal(() => readCode(none))).toBe('code_missing')
    for (const wrong of NO_TEXT) expect(refusal(() => readCode(wrong))).toBe('invalid_request code')
  })
})

test('an appid is a text or absent', () => {
  expect(readAppid(undefined)).toBeUndefined()
  expect(readAppid('wx1')).toBe('wx1')
  for (const wrong of [...NO_TEXT, null]) {
    expect(refusal(() => readAppid(wrong))).toBe('invalid_request appid')
  }
})

test('an idempotency key is 1 to 512 visible ASCII characters or absent', () => {
  expect(readIdempotencyKey(withHeaders())).toBeUndefined()
  expect(readIdempotencyKey(withHeaders(['Idempotency-Key', 'try-1']))).toBe('try-1')
  for (const wrong of ['', ' ', 'a b', 'é', 'x'.repeat(513), 'a\tb']) {
    const read = () => readIdempotencyKey(withHeaders(['Idempotency-Key', wrong]))
    expect([wrong, refusal(read)]).toEqual([wrong, 'invalid_request Idempotency-Key'])
  }
})

test('a flag is true, false or absent, and nothing that merely looks true', () => {
  expect([readFlag(true, 'all'), readFlag(false, 'all'), readFlag(undefined, 'all')]).toEqual([
    ...[true, false, false],
  ])
  for (const wrong of [null, 1, 0, 'true', '', [], {}, [true]]) {
    expect(refusal(() => readFlag(wrong, 'all'))).toBe('invalid_request all')
  }
})

describe('a profile', () => {
  const nickname = (value: unknown) => refusal(() => readProfile({ nickname: value }))
  const avatar = (value: unknown) => refusal(() => readProfile({ avatar_url: value }))

  test('changes what is given: null clears, what is absent stays', () => {
    expect(readProfile({})).toEqual({ nickname: undefined, avatarUrl: undefined })
    expect(readProfile({ nickname: null, avatar_url: null })).toEqual({
      nickname: null,
      avatarUrl: null,
    })
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

describe('a value of the query', () => {
  test('is the one of that very name, decoded once', () => {
    const cases: [url: string, value: string | undefined][] = [
      ['/a', undefined],
      ['/a?', undefined],
      ['/a?code', ''],
      ['/a?code=', ''],
      ['/a?code=x', 'x'],
      ['/a?x=1&code=y&z=2', 'y'],
      ['/a?code=%2541', '%41'],
      ['/a?code=a%26b%3Dc', 'a&b=c'],
      ['/a?code=a?b=c', 'a?b=c'],
      ['/a?Code=x&code[]=x&code%5B0%5D=x&xcode=x', undefined],
      ['/code=x', undefined],
    ]
    for (const [url, value] of cases)
      expect([url, queryValue(withUrl(url), 'code')]).toEqual([url, value])
  })

  test('that is there twice is malformed, however it is written', () => {
    for (const url of ['/?code=a&code=b', '/?code=a&code=a', '/?code&code', '/?c%6fde=a&code=b']) {
      expect([url, refusal(() => queryValue(withUrl(url), 'code'))]).toEqual([
        url,
        'invalid_request code',
      ])
    }
  })

  test('is found or not in any text at all, without a fault of ours', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const refused = refusal(() => queryValue(withUrl(text), 'code'))
        return refused === undefined || refused === 'invalid_request code'
      }),
    )
  })
})

describe('the token of a request', () => {
  test('comes from Authorization before sessionid before token', () => {
    const all: [string, string][] = [
      ['token', 'c'],
      ['sessionid', 'b'],
      ['Authorization', 'Bearer a'],
    ]
    expect(readToken(withHeaders(...all))).toBe('a')
    expect(readToken(withHeaders(...all.slice(0, 2)))).toBe('b')
    expect(readToken(withHeaders(...all.slice(0, 1)))).toBe('c')
    expect(readToken(withHeaders(['sessionid', ''], ['token', 'c']))).toBe('c')
    expect(readToken(withHeaders())).toBeUndefined()
  })

  test('is read from one Authorization header only, whatever the case of its name', () => {
    const names = ['Authorization', 'authorization', 'AUTHORIZATION']
    for (const name of names) {
      const twice = withHeaders(['Authorization', 'Bearer a'], ['X', 'y'], [name, 'Bearer a'])
      expect(refusal(() => readBearer(twice))).toBe('invalid_request Authorization')
    }
    // A value that is spelt like the header's name is no second header.
    expect(readBearer(withHeaders(['X', 'authorization'], ['Authorization', 'Bearer a']))).toBe('a')
  })
})
