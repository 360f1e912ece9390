import { z } from 'zod'
import { answersOf, errorExamplesOf, exampleAnswerOf } from '../../../src/http/openapi/answers'
import { BARE } from './bare-route'

const body = z.strictObject({ ok: z.literal(true) })

test('an answer that goes well has its schema, its example and the headers of every answer', () => {
  const route = { ...BARE, answer: { status: 200, body } } as const
  expect(exampleAnswerOf(route)).toEqual({ ok: true })
  expect(answersOf(route)[200]).toMatchObject({
    headers: { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } },
    content: { 'application/json': { example: { ok: true } } },
  })
})

test('an answer without a body has no content, and a page is none of JSON', () => {
  const headers = z.object({ 'x-user-id': z.string(), 'x-hint': z.string().optional() })
  const empty = answersOf({ ...BARE, answer: { status: 200, headers } })[200]
  expect(empty).not.toHaveProperty('content')
  expect(empty).toMatchObject({
    headers: { 'X-User-Id': { required: true }, 'X-Hint': { required: false } },
  })
  const page = answersOf({ ...BARE, answer: { status: 200, mediaType: 'text/html' } })[200]
  expect(page).toMatchObject({ content: { 'text/html': { schema: { type: 'string' } } } })
})

test('every error stands under its status, by name, with an example', () => {
  const answers = answersOf({ ...BARE, guard: 'login', errors: ['code_used'] })
  expect(Object.keys(answers)).toEqual([
    ...['200', '400', '401', '403', '429', '500', '502', '503', '504', '4XX'],
  ])
  expect(answers[401]).toMatchObject({
    headers: { 'WWW-Authenticate': { schema: { type: 'string' } } },
    content: {
      'application/json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Error' },
            {
              properties: {
                error: {
                  enum: ['token_missing', 'token_invalid', 'token_expired', 'session_ended'],
                },
              },
            },
          ],
        },
        examples: { token_missing: { $ref: '#/components/examples/token_missing' } },
      },
    },
  })
  expect(answers[503]).toMatchObject({ headers: { 'Retry-After': { required: true } } })
})

test('a gateway reads the error in a header, beside those of an identity, which are empty', () => {
  const headers = z.object({ 'x-user-id': z.string() })
  const answer = { status: 200, headers } as const
  const answers = answersOf({ ...BARE, isForGateways: true, answer, errors: ['not_found'] })
  expect(answers[404]).toMatchObject({
    headers: {
      'X-Login-Error': { schema: { enum: ['not_found'] } },
      'X-User-Id': { required: true, schema: { const: '' } },
    },
  })
  expect(answers['4XX']).not.toHaveProperty('headers.X-Login-Error')
})

test('an alias fails in its own shape', () => {
  const route = { ...BARE, failure: 'auth', errors: ['code_used'] } as const
  expect(JSON.stringify(answersOf(route)[400])).toContain('#/components/schemas/AuthError')
  expect(errorExamplesOf([route]).auth_code_used).toMatchObject({
    value: { code: 'code_used', message: expect.any(String) },
  })
})

test('the example of an error is what the service answers', () => {
  expect(errorExamplesOf([{ ...BARE, errors: ['rate_limited'] }]).rate_limited).toEqual({
    summary: '请求太频繁，请稍后再试 Too many requests.',
    value: {
      error: 'rate_limited',
      message: '请求太频繁，请稍后再试',
      message_en: 'Too many requests.',
      action: 'wait',
      retry_after: 60,
      request_id: expect.any(String),
    },
  })
})
