import { readJson } from '../../src/upstream/read-json'

const answer = (
  status: number,
  body: Buffer | string = '{}',
  headers: Record<string, string> = {},
) => ({
  status,
  headers,
  body: Buffer.from(body),
})

function failureOf(given: ReturnType<typeof answer>): unknown {
  try {
    readJson(given)
  } catch (error) {
    return error
  }
  throw new Error('it should have failed')
}

test.each<[string, Buffer | string, unknown]>([
  ['an object', '{"a":1}', { a: 1 }],
  ['a byte order mark before it', '\ufeff{"a":1}', { a: 1 }],
  ['JSON that is no object', 'null', null],
  ['characters of several bytes', '{"名":"微信"}', { 名: '微信' }],
])('%s is read, whatever its Content-Type', (_what, body, value) => {
  expect(readJson(answer(200, body, { 'content-type': 'text/plain' }))).toEqual(value)
})

test.each<[string, Buffer | string]>([
  ['nothing', ''],
  ['HTML', '<html></html>'],
  ['JSON that is cut off', '{"a":'],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
])('%s is a bad answer', (_what, body) => {
  expect(failureOf(answer(200, body))).toMatchObject({
    name: 'Unreachable',
    kind: 'bad_answer',
    sent: true,
    reason: 'not_json',
  })
})

test.each([
  [199, 'bad_answer'],
  [301, 'bad_answer'],
  [404, 'bad_answer'],
  [412, 'bad_answer'],
  [500, 'bad_answer'],
  [502, 'bad_answer'],
  [503, 'unavailable'],
  [504, 'unavailable'],
])('status %d is %s, even with good JSON, and the request was sent', (status, kind) => {
  expect(failureOf(answer(status))).toMatchObject({ kind, sent: true, reason: `status_${status}` })
})

test.each([
  [200, true],
  [204, true],
  [299, true],
  [300, false],
])('status %d is good: %s', (status, isGood) => {
  if (isGood) expect(readJson(answer(status))).toEqual({})
  else expect(failureOf(answer(status))).toMatchObject({ kind: 'bad_answer' })
})

test.each([
  ['30', 30],
  ['0.2', 1],
  ['3600', 60],
  ['Wed, 21 Oct 2026 07:28:00 GMT', 60],
  ['-5', 60],
  [undefined, 60],
])('a 429 whose Retry-After is %s asks for %d seconds', (value, retryAfter) => {
  const headers: Record<string, string> = value === undefined ? {} : { 'retry-after': value }
  expect(failureOf(answer(429, '{}', headers))).toMatchObject({ kind: 'quota', retryAfter })
})
