import type { IncomingMessage } from 'node:http'
import { createLoginProperty, identityOf, loginOf, setFound } from '../../src/http/found-login'
import type { Identity } from '../../src/login/identify'

const session = { id: 's1', userId: 'u1', appid: 'wx1', openid: 'o1', unionid: null }
const identity = { session, sessionKey: () => 'the key' } as unknown as Identity
type Request = IncomingMessage & { login?: unknown; auth?: unknown }
const request = () => ({ headers: {} }) as Request

test('what a guard found is given by it and under the property’s name, made once', () => {
  const req = request()
  setFound(req, identity)
  createLoginProperty('auth')(req)
  expect(loginOf(req)).toMatchObject({ userId: 'u1', openid: 'o1', sessionId: 's1' })
  expect(req.auth).toBe(loginOf(req))
  expect(req.login).toBeUndefined()
  expect(identityOf(req)).toBe(identity)
})

test('a request that no guard has seen is a mistake, and one of nobody a 401', () => {
  const req = request()
  expect(() => loginOf(req)).toThrow(TypeError)
  expect(() => loginOf(req, { optional: true })).toThrow('login.required')
  expect(() => identityOf(req)).toThrow('not behind')
  setFound(req, undefined)
  createLoginProperty('login')(req)
  expect(() => loginOf(req)).toThrow(expect.objectContaining({ code: 'token_missing' }))
  expect(loginOf(req, { optional: true })).toBeUndefined()
  expect(req.login).toBeUndefined()
})

test('a name that other middleware has taken is not taken from it', () => {
  const req = request()
  const theirs = () => 'passport'
  req.login = theirs
  setFound(req, identity)
  expect(() => createLoginProperty('login')(req)).toThrow(/Passport.*"property".*login\.of/)
  expect(req.login).toBe(theirs)
})

test('other middleware that comes later cannot take the name', () => {
  const req = request()
  setFound(req, identity)
  createLoginProperty('login')(req)
  expect(() => {
    req.login = 'theirs'
  }).toThrow(/"property"/)
  expect(req.login).toBe(loginOf(req))
})

test('a second guard on the same request replaces what the first one found', () => {
  const req = request()
  const show = createLoginProperty('login')
  setFound(req, identity)
  show(req)
  const other = { ...identity, session: { ...session, userId: 'u2' } } as unknown as Identity
  setFound(req, other)
  createLoginProperty('login')(req)
  expect(req.login).toMatchObject({ userId: 'u2' })
})
