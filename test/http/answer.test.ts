import type { RequestListener } from 'node:http'
import type supertest from 'supertest'
import { LoginError } from '../../src/errors'
import { errorHeaders, hasBody, sendEmpty, sendError, sendJson } from '../../src/http/answer'
import { contextOf } from '../../src/http/context'
import type { Log } from '../../src/log'
import { behindProxy, callOnce } from '../support/call-once'

const told: unknown[][] = []
const log: Log = {
  info: () => {},
  warn: () => {},
  error: (...line) => void told.push(line),
}
beforeEach(() => void told.splice(0))

const call = (handler: RequestListener): Promise<supertest.Response> =>
  callOnce(behindProxy(handler), http => http.get('/').set('X-Request-Id', 'request-1'))

const COMMON = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-request-id': 'request-1',
}

test('an answer in JSON counts its length in bytes', async () => {
  const { status, headers, body } = await call((req, res) =>
    sendJson(req, res, 200, { name: '小明' }, { 'X-More': 'yes' }),
  )
  expect([status, body]).toEqual([200, { name: '小明' }])
  expect(headers).toMatchObject({
    ...COMMON,
    'content-type': 'application/json; charset=utf-8',
    'content-length': '17',
    'x-more': 'yes',
  })
})

test('an answer without a body has the same headers and no content type', async () => {
  const { status, headers, text } = await call((req, res) => sendEmpty(req, res, { 'X-A': 'b' }))
  expect([status, text]).toEqual([200, ''])
  expect(headers).toMatchObject({ ...COMMON, 'x-a': 'b' })
  expect(headers).not.toHaveProperty('content-type')
})

describe('an error', () => {
  test('is answered with its own status, and is there for the request log', async () => {
    let seen: LoginError | undefined
    const { status, body } = await call((req, res) => {
      sendError(req, res, new LoginError('code_used', { wxErrcode: 40163 }), { log })
      seen = contextOf(req).error
    })
    expect([status, body]).toEqual([
      400,
      expect.objectContaining({
        error: 'code_used',
        request_id: 'request-1',
        wx_errcode: 40163,
      }),
    ])
    expect(seen?.code).toBe('code_used')
    expect(told).toEqual([])
  })

  test('that is a fault of ours shows nothing of it, and the log has its stack', async () => {
    const { status, text, body } = await call((req, res) =>
      sendError(req, res, new TypeError('canary'), { log }),
    )
    expect([status, body.error]).toEqual([500, 'internal'])
    expect(text).not.toContain('canary')
    const stack = expect.stringMatching(/^TypeError: canary\n {4}at /)
    expect(told).toEqual([['internal', { request_id: 'request-1', stack }]])
  })

  test('that is not even an Error is told as the text that it is', async () => {
    await call((req, res) => sendError(req, res, 'canary', { log }))
    expect(told).toEqual([['internal', { request_id: 'request-1', stack: 'canary' }]])
  })

  test('is said in an alias’s own words where there are some', async () => {
    const { body } = await call((req, res) =>
      sendError(req, res, new LoginError('code_used'), { log, body: ({ code }) => ({ code }) }),
    )
    expect(body).toEqual({ code: 'code_used' })
  })

  test('is named in a header only where the route asks for that', async () => {
    const named = await call((req, res) => {
      contextOf(req).namesError = true
      sendError(req, res, new LoginError('token_missing'), { log })
    })
    const unnamed = await call((req, res) =>
      sendError(req, res, new LoginError('token_missing'), { log }),
    )
    expect(named.headers['x-login-error']).toBe('token_missing')
    expect(unnamed.headers).not.toHaveProperty('x-login-error')
  })

  test('that comes when the answer has begun cuts the connection', async () => {
    const begun = call((req, res) => {
      res.write('half of ')
      sendError(req, res, new LoginError('internal'), { log })
    })
    await expect(begun).rejects.toThrow()
  })

  test('before the body has come ends the connection, and after it does not', async () => {
    const refuse = (isRead: boolean): RequestListener => {
      return (req, res) => {
        const answer = () => sendError(req, res, new LoginError('invalid_json'), { log })
        if (isRead) req.on('end', answer).resume()
        else answer()
      }
    }
    const post = (handler: RequestListener) =>
      callOnce(handler, http => http.post('/').set('Connection', 'keep-alive').send({ a: 'x' }))
    expect((await post(refuse(true))).headers.connection).toBe('keep-alive')
    const large = (handler: RequestListener) =>
      callOnce(handler, http =>
        http
          .post('/')
          .set('Connection', 'keep-alive')
          .send({ a: 'x'.repeat(300_000) }),
      )
    expect((await large(refuse(false))).headers.connection).toBe('close')
  })
})

test('an error brings the headers that its status asks for', () => {
  expect(errorHeaders(new LoginError('token_missing'))).toEqual({ 'WWW-Authenticate': 'Bearer' })
  expect(errorHeaders(new LoginError('rate_limited', { retryAfter: 7 }))).toEqual({
    'Retry-After': '7',
  })
  expect(errorHeaders(new LoginError('method_not_allowed', { allow: 'GET' }))).toEqual({
    Allow: 'GET',
  })
  expect(errorHeaders(new LoginError('code_used'))).toEqual({})
})

test.each([
  [{}, false],
  [{ 'content-length': '0' }, false],
  [{ 'content-length': '1' }, true],
  [{ 'transfer-encoding': 'chunked' }, true],
])('of headers %j it is %s that a body is announced', (headers, expected) => {
  expect(hasBody({ headers } as never)).toBe(expected)
})
