import { z } from 'zod'
import { told } from '../../../src/http/openapi/json-schema'
import { samplesOf } from '../../../src/http/openapi/samples'
import type { Route } from '../../../src/http/route'
import { ROUTES } from '../../../src/http/routes'
import { BARE } from './bare-route'

const place = (path: string, method = 'POST') =>
  ROUTES.find(route => route.path === path && route.methods.includes(method as 'POST')) as Route
const sample = (route: Route, method: string, lang: string) =>
  samplesOf(route, method).find(each => each.lang === lang)?.source

test('curl sends the fields that the row gives as an example', () => {
  expect(sample(place('/login'), 'post', 'curl')).toBe(
    `curl -s 'https://api.example.com/login' \\
  -H 'Content-Type: application/json' \\
  -d '{"code":"sim-alice-1"}'`,
  )
})

test('curl shows the credential that the guard wants, the method, and the query', () => {
  expect(sample(place('/logout'), 'post', 'curl')).toBe(
    `curl -s -X POST 'https://api.example.com/logout' \\
  -H "Authorization: Bearer $TOKEN"`,
  )
  expect(sample(place('/internal/access-token', 'GET'), 'get', 'curl')).toContain(
    '-H "X-Internal-Token: $INTERNAL_TOKEN"',
  )
  expect(sample(place('/auth', 'GET'), 'get', 'curl')).toBe(
    "curl -s 'https://api.example.com/auth?code=sim-alice-1'",
  )
})

test('wx.request takes each value from where the phone has it', () => {
  expect(sample(place('/phone'), 'post', 'wx.request')).toBe(`wx.request({
  url: 'https://api.example.com/phone',
  method: 'POST',
  header: { Authorization: \`Bearer \${wx.getStorageSync('token')}\` },
  data: { code: e.detail.code },
  success: ({ statusCode, data }) => console.log(statusCode, data),
})`)
})

test('the SDK’s line is the row’s own, else its request', () => {
  expect(sample(place('/me', 'PUT'), 'put', 'SDK')).toBe(
    "await login.updateMe({ nickname: '小明' })",
  )
  expect(sample(place('/refresh'), 'post', 'SDK')).toBe(
    "const { statusCode, data } = await login.request({ url: '/refresh', method: 'POST' })",
  )
})

test('what no mini program calls has a sample of curl alone', () => {
  const languages = (route: Route) => samplesOf(route, 'get').map(({ lang }) => lang)
  expect(languages(place('/livez', 'GET'))).toEqual(['curl'])
  expect(languages(place('/verify', '*'))).toEqual(['curl'])
  expect(languages(place('/internal/access-token', 'GET'))).toEqual(['curl'])
  expect(samplesOf(place('/wx/onlogin'), 'post').map(({ lang }) => lang)).toEqual([
    'curl',
    'wx.request',
  ])
})

test('a part of the path is its example, and any path stands for any', () => {
  const id = told(z.string(), { zh: '一', en: 'one', example: 'abc' })
  const route = { ...BARE, path: '/things/:id', request: { params: z.object({ id }) } }
  expect(sample(route, 'get', 'curl')).toBe("curl -s 'https://api.example.com/things/abc'")
  expect(sample({ ...BARE, path: '/verify/*rest' }, 'get', 'curl')).toContain('/verify/orders')
})
