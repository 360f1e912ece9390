import { z } from 'zod'
import { operationOf } from '../../../src/http/openapi/operation'
import type { Route } from '../../../src/http/route'
import { ROUTES } from '../../../src/http/routes'
import { BARE } from './bare-route'

const place = (path: string) => ROUTES.find(route => route.path === path) as Route

test('has a name, a chapter and words in both languages', () => {
  expect(operationOf(BARE, 'get')).toMatchObject({
    operationId: 'getX',
    tags: ['Other'],
    summary: '做某事 Does something.',
    'x-summary': { zh: '做某事', en: 'Does something.' },
    security: [],
  })
})

test('says who may call', () => {
  const security = (route: Partial<Route>) => operationOf({ ...BARE, ...route }, 'get').security
  expect(security({ guard: 'login' })).toEqual([
    { token: [] },
    { tokenHeader: [] },
    { sessionidHeader: [] },
  ])
  expect(security({ guard: 'internal' })[0]).toEqual({ internalToken: [] })
  expect(security({ optionalToken: true })).toEqual([{}, { token: [] }])
})

test('a field of the query must be there, unless it may stand in the body instead', () => {
  const codeIn = (method: string) =>
    operationOf(place('/auth'), method).parameters.find(({ name }) => name === 'code')
  expect(codeIn('get')).toMatchObject({ in: 'query', required: true })
  expect(codeIn('post')).toMatchObject({ in: 'query', required: false })
})

test('a body is described only where it is read, and must be there where a field must', () => {
  expect(operationOf(place('/checklogin'), 'get')).not.toHaveProperty('requestBody')
  expect(operationOf(place('/login'), 'post').requestBody).toMatchObject({
    required: true,
    content: { 'application/json': { schema: { required: ['code'] } } },
  })
  expect(operationOf(place('/auth'), 'post').requestBody).toMatchObject({ required: false })
  const types = (path: string) => {
    const { content } = operationOf(place(path), 'post').requestBody as { content: object }
    return Object.keys(content)
  }
  expect(types('/login')).toEqual(['application/json'])
  expect(types('/auth')).toEqual(['application/json', 'application/x-www-form-urlencoded'])
  expect(operationOf(place('/refresh'), 'post')).not.toHaveProperty('requestBody')
})

test('headers are written as people write them', () => {
  const names = operationOf(place('/login'), 'post').parameters.map(({ name }) => name)
  expect(names).toEqual(['Idempotency-Key'])
})

test('a part of the path is there even where the row says nothing of it', () => {
  const params = z.object({ id: z.string().min(3) })
  const described = { ...BARE, path: '/a/:id/*', request: { params } }
  expect(operationOf(described, 'get').parameters).toMatchObject([
    { name: 'id', in: 'path', required: true, schema: { minLength: 3 } },
    { name: 'rest', in: 'path', required: true, schema: { type: 'string' } },
  ])
})
