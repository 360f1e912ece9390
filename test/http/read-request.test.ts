import type { IncomingMessage } from 'node:http'
import fc from 'fast-check'
import { z } from 'zod'
import { countHeader, queryValue, readFields, readHeaders } from '../../src/http/read-request'
import { codePoint } from '../support/code-point'
import { refusal } from '../support/refusal'

const withUrl = (url: string) => ({ url, headers: {} }) as unknown as IncomingMessage

describe('fields read by a schema', () => {
  const schema = z.object({
    code: z.string({ error: ({ input }) => (input === undefined ? 'code_missing' : '') }).min(2),
    flag: z.boolean().optional(),
  })

  test('come through as they are, and what the schema does not know is left out', () => {
    const given = { code: 'abc', flag: false, admin: true }
    expect(readFields(schema, given)).toEqual({ code: 'abc', flag: false })
  })

  test('are refused by the name of the first wrong one, and never by its value', () => {
    expect(refusal(() => readFields(schema, { code: 'a', flag: 1 }))).toBe('invalid_request code')
    expect(refusal(() => readFields(schema, { code: 'ab', flag: 1 }))).toBe('invalid_request flag')
    expect(refusal(() => readFields(schema, 'text'))).toBe('invalid_request')
    const secret = 'x'.repeat(40)
    try {
      readFields(schema, { code: 'ab', flag: secret })
      throw new Error('it was taken')
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toContain(secret)
    }
  })

  test('are refused by the error that their schema names', () => {
    expect(refusal(() => readFields(schema, {}))).toBe('code_missing')
    expect(() => readFields(schema, {})).toThrow('call wx.login first')
  })
})

test('a wrong header is named as people write it', () => {
  const schema = z.object({ 'x-refused-access-token': z.string().max(1).optional() })
  const request = { headers: { 'x-refused-access-token': 'ab', host: 'x' } }
  const read = () => readHeaders(schema, request as unknown as IncomingMessage)
  expect(refusal(read)).toBe('invalid_request X-Refused-Access-Token')
  expect(readHeaders(schema, { headers: { host: 'x' } } as IncomingMessage)).toEqual({})
})

test('a header is counted by its name, whatever the case, and never by its value', () => {
  const raw = ['A', 'b', 'a', 'c', 'X', 'a', 'ab', 'x']
  expect([countHeader(raw, 'a'), countHeader(raw, 'x'), countHeader(raw, 'b')]).toEqual([2, 1, 0])
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
      fc.property(fc.string({ unit: codePoint }), text => {
        const refused = refusal(() => queryValue(withUrl(text), 'code'))
        return refused === undefined || refused === 'invalid_request code'
      }),
    )
  })
})
