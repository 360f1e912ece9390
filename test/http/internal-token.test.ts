import type { IncomingMessage, ServerResponse } from 'node:http'
import { LoginError } from '../../src/errors'
import { createInternalToken, createRequireInternalToken } from '../../src/http/internal-token'
import { INTERNAL_TOKEN } from '../support/service'

const request = (given?: unknown, ip = '203.0.113.1', authorization?: string) =>
  ({
    ip,
    headers: { 'x-internal-token': given, ...(authorization && { authorization }) },
    rawHeaders: authorization ? ['Authorization', authorization] : [],
  }) as unknown as IncomingMessage

test('only the whole token is the token', () => {
  const shows = createInternalToken(INTERNAL_TOKEN)
  expect(shows(request(INTERNAL_TOKEN))).toBe(true)
  const wrong = [undefined, '', 'x', INTERNAL_TOKEN.slice(1), `${INTERNAL_TOKEN} `]
  for (const given of [...wrong, [INTERNAL_TOKEN], INTERNAL_TOKEN.toUpperCase()]) {
    expect([given, shows(request(given))]).toEqual([given, false])
  }
})

test('without a token configured nothing is right, not even nothing', () => {
  const shows = createInternalToken(undefined)
  for (const given of [undefined, '', 'undefined']) expect(shows(request(given))).toBe(false)
})

test('where Authorization belongs to the user, the token is read from its own header alone', () => {
  const shows = createInternalToken(INTERNAL_TOKEN)
  expect(shows(request(undefined, undefined, `Bearer ${INTERNAL_TOKEN}`))).toBe(false)
})

describe('the guard', () => {
  const guardOf = (perMinute: number | 'off' = 600, internalToken = INTERNAL_TOKEN) => {
    const guard = createRequireInternalToken({ internalToken, perMinute })
    return (req: IncomingMessage): unknown => {
      let outcome: unknown = 'not asked'
      guard(req, {} as ServerResponse, error => {
        outcome = error
      })
      return outcome
    }
  }
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

  test('refuses a missing and a wrong credential alike, and the log knows which it was', () => {
    const outcomeOf = guardOf()
    for (const [given, reason] of [[undefined, 'missing'] as const, ['x', 'wrong'] as const]) {
      const error = outcomeOf(request(given)) as LoginError
      expect(error).toBeInstanceOf(LoginError)
      expect(error).toMatchObject({ code: 'internal_token_invalid', reason })
      expect(error.message).toContain('INTERNAL_TOKEN')
    }
  })

  test.each([
    `Bearer ${INTERNAL_TOKEN}`,
    `bearer ${INTERNAL_TOKEN}`,
    basic(`prometheus:${INTERNAL_TOKEN}`),
    basic(`:${INTERNAL_TOKEN}`),
  ])('takes the credential from Authorization: %s', authorization => {
    expect(guardOf()(request(undefined, undefined, authorization))).toBeUndefined()
  })

  test.each([
    INTERNAL_TOKEN,
    `Token ${INTERNAL_TOKEN}`,
    basic(INTERNAL_TOKEN),
    basic(`${INTERNAL_TOKEN}:`),
    basic(`user:x:${INTERNAL_TOKEN}`),
    `Basic ${INTERNAL_TOKEN}`,
    'Basic',
  ])('takes no credential that stands elsewhere: %s', authorization => {
    expect(guardOf()(request(undefined, undefined, authorization))).toMatchObject({
      code: 'internal_token_invalid',
    })
  })

  test('takes a password that holds a colon whole', () => {
    const internalToken = `with:colon-${INTERNAL_TOKEN}`
    const outcomeOf = guardOf(600, internalToken)
    expect(outcomeOf(request(undefined, undefined, basic(`u:${internalToken}`)))).toBeUndefined()
  })

  test('looks at the header of its own first', () => {
    const outcomeOf = guardOf()
    expect(outcomeOf(request(INTERNAL_TOKEN, undefined, 'Bearer x'))).toBeUndefined()
    expect(outcomeOf(request('x', undefined, `Bearer ${INTERNAL_TOKEN}`))).toBeInstanceOf(
      LoginError,
    )
  })

  test('limits failures of an address to 120 a minute, and never the right credential', () => {
    const outcomeOf = guardOf()
    const codes = Array.from({ length: 1000 }, () => (outcomeOf(request('x')) as LoginError).code)
    expect(codes.filter(code => code === 'internal_token_invalid')).toHaveLength(120)
    expect(codes.slice(120).every(code => code === 'rate_limited')).toBe(true)
    expect(outcomeOf(request(INTERNAL_TOKEN))).toBeUndefined()
    const elsewhere = outcomeOf(request('x', '203.0.113.2'))
    expect(elsewhere).toMatchObject({ code: 'internal_token_invalid' })
  })

  test('limits nothing where RATE_LIMIT is off: the limit counts by address', () => {
    const outcomeOf = guardOf('off')
    const codes = Array.from({ length: 500 }, () => (outcomeOf(request('x')) as LoginError).code)
    expect(new Set(codes)).toEqual(new Set(['internal_token_invalid']))
  })
})
