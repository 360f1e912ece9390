import { errorsOf, methodsOf, type Route } from '../../src/http/route'
import { ROUTES } from '../../src/http/routes'

const [any] = ROUTES as readonly [Route, ...Route[]]
const BARE: Route = {
  ...{ words: any.words, handle: any.handle, request: {}, answer: { status: 200 } },
  ...{ path: '/x', methods: ['GET'], guard: 'none', errors: [] },
}

test('GET brings HEAD with it, unless the row says no', () => {
  expect(methodsOf(BARE)).toEqual(['GET', 'HEAD'])
  expect(methodsOf({ ...BARE, head: false })).toEqual(['GET'])
  expect(methodsOf({ ...BARE, methods: ['PUT', 'POST'] })).toEqual(['POST', 'PUT'])
})

describe('the errors of a route', () => {
  test('are those of its endpoint, and a fault of ours', () => {
    expect(errorsOf(BARE)).toEqual(['internal'])
    expect(errorsOf({ ...BARE, errors: ['code_used'] })).toEqual(['code_used', 'internal'])
  })

  test('and what guard, body and limit may refuse', () => {
    expect(errorsOf({ ...BARE, guard: 'login' })).toContain('session_ended')
    expect(errorsOf({ ...BARE, guard: 'internal' })).toEqual([
      ...['invalid_request', 'internal_token_invalid', 'rate_limited', 'internal'],
    ])
    expect(errorsOf({ ...BARE, body: 'json' })).toContain('invalid_json')
    expect(errorsOf({ ...BARE, body: 'form' })).toContain('unsupported_media_type')
    expect(errorsOf({ ...BARE, body: 'lenient' })).toEqual(['body_too_large', 'internal'])
    expect(errorsOf({ ...BARE, limit: 'login' })).toContain('rate_limited')
  })

  test('are named once each', () => {
    for (const route of ROUTES) expect(errorsOf(route)).toEqual([...new Set(errorsOf(route))])
  })
})
