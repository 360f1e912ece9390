import { openApiPath, operationId, operationMethods } from '../../../src/http/openapi/openapi-path'

test.each([
  ['/login', '/login', []],
  ['/sessions/:id', '/sessions/{id}', ['id']],
  ['/internal/users/:id/sessions', '/internal/users/{id}/sessions', ['id']],
  ['/.well-known/jwks.json', '/.well-known/jwks.json', []],
  ['/verify/*', '/verify/{rest}', ['rest']],
  ['/verify/*splat', '/verify/{rest}', ['rest']],
  ['/verify{/*splat}', '/verify/{rest}', ['rest']],
])('%s is %s in OpenAPI', (express, path, params) => {
  expect(openApiPath(express)).toEqual({ path, params })
})

test('methods are in lower case, and * stands for each that a client may use', () => {
  expect(operationMethods(['GET', 'POST'])).toEqual(['get', 'post'])
  expect(operationMethods(['*'])).toEqual(['get', 'put', 'post', 'delete', 'patch'])
})

test('an operation has a name for code that is generated', () => {
  expect(operationId('post', '/login')).toBe('postLogin')
  expect(operationId('delete', '/sessions/{id}')).toBe('deleteSessionsById')
  expect(operationId('get', '/internal/access-token')).toBe('getInternalAccessToken')
  expect(operationId('get', '/.well-known/jwks.json')).toBe('getWellKnownJwksJson')
})
