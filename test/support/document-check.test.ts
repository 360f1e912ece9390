import { createOpenApi } from '../../src/http/openapi/openapi'
import { ROUTES } from '../../src/http/routes'
import { createDocumentCheck, type GivenAnswer } from './document-check'

const check = createDocumentCheck(createOpenApi({ routes: ROUTES, version: '1' }))
const headers = {
  'x-request-id': 'x',
  'cache-control': 'no-store',
  'content-type': 'application/json; charset=utf-8',
}
const GOOD = { status: 'ok', version: '1.2.3' }
const given = (answer: Partial<GivenAnswer> = {}, body: object = GOOD) =>
  check({
    method: 'GET',
    path: '/livez',
    status: 200,
    headers,
    body: JSON.stringify(body),
    ...answer,
  })

test('an answer that is as the document says names what it was checked against', () => {
  expect(given()).toEqual({ operation: 'getLivez', status: '200', error: undefined })
  expect(given({ path: '/livez/' })).toMatchObject({ operation: 'getLivez' })
  expect(given({ path: '/of-a-host' })).toBeUndefined()
})

const FAILURE = {
  ...{ error: 'token_missing', message: 'x', message_en: 'x', action: 'login' },
  ...{ retry_after: null, request_id: 'x' },
}
const REFUSED = { path: '/me', status: 401, headers: { ...headers, 'www-authenticate': 'Bearer' } }

test('so is a failure that the route has', () => {
  expect(given(REFUSED, FAILURE)).toMatchObject({ operation: 'getMe', error: 'token_missing' })
})

const IDENTITY = {
  ...headers,
  ...{ 'x-user-id': 'u', 'x-appid': 'wx', 'x-openid': '', 'x-unionid': '' },
}

test.each<[what: string, answer: Partial<GivenAnswer>, body?: object]>([
  ['a field more', {}, { status: 'ok', more: 1 }],
  ['a field less', {}, {}],
  ['a field of another type', {}, { status: 1 }],
  ['a status that it does not have', { status: 201 }],
  ['a body where none belongs', { path: '/verify', headers: IDENTITY }],
  ['no type', { headers: { ...headers, 'content-type': undefined } }],
  ['another type', { headers: { ...headers, 'content-type': 'text/html' } }],
  ['no X-Request-Id', { headers: { ...headers, 'x-request-id': undefined } }],
  ['an error of another route', REFUSED, { ...FAILURE, error: 'code_used' }],
  ['an error under another status', { ...REFUSED, status: 429 }, FAILURE],
  ['an error without its header', { ...REFUSED, headers }, FAILURE],
  ['an error with an action of its own', REFUSED, { ...FAILURE, action: 'dance' }],
])('%s is a problem', (...[, answer, body]) => {
  expect(given(answer, body)).toHaveProperty('problem')
})
