import { ERRORS, type ErrorCode, isErrorCode, LoginError } from '../src/errors'

const codes = Object.keys(ERRORS) as ErrorCode[]
const ACTIONS = ['none', 'retry', 'wait', 'login', 'tap_again', 'fix_request', 'contact_admin']

test.each(codes)('%s has a status, an action and a sentence in both languages', code => {
  const { status, action, zh, en } = ERRORS[code]
  expect(status).toBeGreaterThanOrEqual(400)
  expect(status).toBeLessThan(600)
  expect(ACTIONS).toContain(action)
  expect(zh).toMatch(/\p{Script=Han}/u)
  expect(en).toMatch(/^[A-Z].*\.$/)
})

test.each(codes.filter(code => ERRORS[code].status === 503 || ERRORS[code].status === 429))(
  '%s says when another try makes sense',
  code => {
    expect(new LoginError(code).retryAfter).toBeGreaterThan(0)
  },
)

/** Of internal routes, which no client of a user calls. */
const ofServices = (code: ErrorCode) => code.startsWith('internal_')

test.each(codes.filter(code => ERRORS[code].status === 401 && !ofServices(code)))(
  '%s has the client log in again',
  code => {
    expect(ERRORS[code].action).toBe('login')
  },
)

test('a code is one of ours; a name that every object has is none', () => {
  expect(codes.every(isErrorCode)).toBe(true)
  for (const value of ['toString', '__proto__', 'constructor', '', 'nope', 7, null, undefined]) {
    expect(isErrorCode(value)).toBe(false)
  }
})

test('a bare error answers with what its row says, and with nothing else', () => {
  expect(new LoginError('code_used').body('request')).toStrictEqual({
    error: 'code_used',
    message: ERRORS.code_used.zh,
    message_en: ERRORS.code_used.en,
    action: 'login',
    retry_after: null,
    request_id: 'request',
  })
})

test('the field that is wrong stands in both sentences and by itself', () => {
  expect(new LoginError('invalid_request', { field: 'code' }).body('request')).toMatchObject({
    message: `${ERRORS.invalid_request.zh}（code）`,
    message_en: `${ERRORS.invalid_request.en} (code)`,
    field: 'code',
  })
})

test('a better figure than the row’s is taken, zero too', () => {
  const retryAfterOf = (retryAfter?: number) =>
    new LoginError('rate_limited', retryAfter === undefined ? {} : { retryAfter }).body('request')
      .retry_after
  expect([retryAfterOf(), retryAfterOf(7), retryAfterOf(0)]).toEqual([60, 7, 0])
})

test('the reason and WeChat’s request id are for the log, the errcode is for the caller', () => {
  const options = { reason: 'canary-reason', wxRid: 'canary-rid', wxErrcode: 40163 }
  const error = new LoginError('code_used', options)
  expect(error).toMatchObject(options)
  const body = error.body('request')
  expect(body.wx_errcode).toBe(40163)
  expect(JSON.stringify(body)).not.toMatch(/canary|stack/)
})

test('in other words it is the same failure: only the sentences change', () => {
  const options = { field: 'code', wxErrcode: 1, wxRid: 'rid', retryAfter: 9, reason: 'why' }
  const error = new LoginError('wechat_quota', options)
  const other = error.saying({ text: { zh: '别的话', en: 'Other words.' } })
  expect(other).toMatchObject({ code: 'wechat_quota', status: 503, ...options })
  expect(other.message).toBe('Other words.')
  expect(other.body('request')).toEqual({
    ...error.body('request'),
    message: '别的话（code）',
    message_en: 'Other words. (code)',
  })
})

test('in other words it may have another reason, and gets nothing that it had not', () => {
  const other = new LoginError('code_used').saying({
    text: { zh: '别的话', en: 'Other words.' },
    reason: 'else',
  })
  expect(other.reason).toBe('else')
  expect(other.body('request')).not.toHaveProperty('field')
  expect(other.body('request')).not.toHaveProperty('wx_errcode')
  expect(other.retryAfter).toBeUndefined()
})

test('it is an Error, whose text is the English sentence', () => {
  const error = new LoginError('token_expired')
  expect(error).toBeInstanceOf(Error)
  expect(error.name).toBe('LoginError')
  expect(error.message).toBe(ERRORS.token_expired.en)
})
