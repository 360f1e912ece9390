import { ERRORS, type ErrorCode, LoginError } from '../../src/errors'
import { authFailure, errorAnswer, failureAnswerOf } from '../../src/http/error-answer'

const CODES = Object.keys(ERRORS) as ErrorCode[]
const OPTIONS = [{}, { field: 'code' }, { wxErrcode: 40163 }, { retryAfter: 7, field: 'x' }]

test('every error has the shape that is promised', () => {
  for (const code of CODES) {
    for (const options of OPTIONS) {
      const body = new LoginError(code, options).body('request-1')
      expect(errorAnswer.parse(body)).toEqual(body)
    }
  }
})

test('a body with a field more or less has not', () => {
  const body = new LoginError('code_used').body('request-1')
  expect(errorAnswer.safeParse({ ...body, errmsg: 'x' }).success).toBe(false)
  expect(errorAnswer.safeParse({ ...body, message_en: undefined }).success).toBe(false)
  expect(errorAnswer.safeParse({ ...body, error: 'made_up' }).success).toBe(false)
})

test('every error of /auth is its name and its text', () => {
  const schema = failureAnswerOf({ failure: 'auth' })
  for (const code of CODES) {
    const failure = authFailure(new LoginError(code))
    expect(schema.parse(failure)).toEqual({ code, message: ERRORS[code].zh })
  }
  expect(failureAnswerOf({})).toBe(errorAnswer)
})
