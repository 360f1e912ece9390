import type { IncomingMessage } from 'node:http'
import { createReadToken, readBearer } from '../../src/http/read-token'
import { refusal } from '../support/refusal'

/** A request as Node makes it of these headers, in the order given. */
function withHeaders(...pairs: [string, string][]): IncomingMessage {
  const headers = Object.fromEntries(pairs.toReversed().map(([k, v]) => [k.toLowerCase(), v]))
  return { headers, rawHeaders: pairs.flat() } as unknown as IncomingMessage
}
const authorization = (value: string) => withHeaders(['Authorization', value])

describe('the token of a request', () => {
  test('comes from Authorization before sessionid before token before the configured headers', () => {
    const readToken = createReadToken(['x-access-token', 'x-token'])
    const all: [string, string][] = [
      ['X-Token', 'e'],
      ['X-Access-Token', 'd'],
      ['token', 'c'],
      ['sessionid', 'b'],
      ['Authorization', 'Bearer a'],
    ]
    const shown = [5, 4, 3, 2, 1, 0].map(n => readToken(withHeaders(...all.slice(0, n))))
    expect(shown).toEqual(['a', 'b', 'c', 'd', 'e', undefined])
    expect(readToken(withHeaders(['sessionid', ''], ['token', 'c']))).toBe('c')
  })

  test('is read from no header that nobody configured', () => {
    const other = withHeaders(['X-Access-Token', 'd'], ['Cookie', 'token=e'])
    expect(createReadToken([])(other)).toBeUndefined()
  })

  test.each([
    ['Bearer a', 'a'],
    ['bearer   a  ', 'a'],
    ['a', 'a'],
    ['a.b-c_d', 'a.b-c_d'],
    ['', undefined],
    ['Bearer', undefined],
    ['bearer ', undefined],
    ['Bearer a b', undefined],
    ['Basic YTpi', undefined],
    ['Digest username="a", realm="b"', undefined],
  ])('of Authorization: %s is %s', (value, token) => {
    expect(createReadToken([])(authorization(value))).toBe(token)
  })

  test('of another scheme is somebody else’s, and the next header is looked at', () => {
    const both = withHeaders(['Authorization', 'Basic YTpi'], ['token', 'c'])
    expect(createReadToken([])(both)).toBe('c')
  })

  test('is read from one Authorization header only, whatever the case of its name', () => {
    const names = ['Authorization', 'authorization', 'AUTHORIZATION']
    for (const name of names) {
      const twice = withHeaders(['Authorization', 'Bearer a'], ['X', 'y'], [name, 'Bearer a'])
      for (const read of [readBearer, createReadToken([])]) {
        expect(refusal(() => read(twice))).toBe('invalid_request Authorization')
      }
    }
    // A value that is spelt like the header's name is no second header.
    expect(readBearer(withHeaders(['X', 'authorization'], ['Authorization', 'Bearer a']))).toBe('a')
  })
})

test('a credential of an internal route is never bare: that one would be a user’s token', () => {
  expect(readBearer(authorization('Bearer a'))).toBe('a')
  expect(readBearer(authorization('a'))).toBeUndefined()
  expect(readBearer(authorization('Basic YTpi'))).toBeUndefined()
})
