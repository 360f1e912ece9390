import type { IncomingMessage, RequestListener } from 'node:http'
import { LoginError } from '../../src/errors'
import { contextOf } from '../../src/http/context'
import { createLoginProperty, identityOf } from '../../src/http/found-login'
import { createReadToken } from '../../src/http/read-token'
import { createRequireLogin } from '../../src/http/require-login'
import type { Log } from '../../src/log'
import type { Identify, Identity } from '../../src/login/identify'
import type { LoginContext } from '../../src/login/login-context'
import { behindProxy, callOnce } from '../support/call-once'

const log: Log = { info() {}, warn() {}, error() {} }
const SESSION = {
  ...{ id: 's1', userId: 'u1', appid: 'wx1', openid: 'o1', unionid: null, unionidProof: null },
  ...{ sealed: 'sealed', sessionKeyHash: 'h', newestKeyHash: 'h', newestKeyAt: 0 },
  ...{ newestKeyCheck: null, createdAt: 0, expiresAt: 1, lastUsedAt: 0 },
}
const CLAIMS = { aud: 'wx1', sub: 'u1', sid: 's1', enc: 'sealed', iat: 0, exp: 1 }
const identityWith = (session: object = {}): Identity => ({
  claims: CLAIMS,
  session: { ...SESSION, ...session },
  sessionKey: () => 'the key',
})

/** What a request behind the guard came to: the request itself, or the answer. */
async function guarded(identify: Identify, appid?: string) {
  let req: (IncomingMessage & { login?: LoginContext }) | undefined
  const readToken = createReadToken([])
  const only = appid !== undefined && { appid }
  const guard = createRequireLogin({
    identify,
    readToken,
    log,
    show: createLoginProperty('login'),
    ...only,
  })
  const handler: RequestListener = (request, res) =>
    guard(request, res, () => {
      req = request
      res.end()
    })
  const answer = await callOnce(behindProxy(handler), http =>
    http.get('/').set({ token: 'shown', 'X-Request-Id': 'request-1' }),
  )
  return { answer, req }
}

test('what a request shows is asked about once, with its origin', async () => {
  const identify = jest.fn(async () => identityWith())
  await guarded(identify)
  expect(identify.mock.calls).toEqual([
    [{ token: 'shown' }, { origin: { requestId: 'request-1', ip: expect.any(String) } }],
  ])
})

test('a guard of one app asks for that app’s tokens', async () => {
  const identify = jest.fn(async () => identityWith())
  await guarded(identify, 'wx1')
  expect(identify).toHaveBeenCalledWith(
    { token: 'shown' },
    { appid: 'wx1', origin: expect.anything() },
  )
})

test('who is asking stands on the request, in its context and for endpoints', async () => {
  const identity = identityWith({ unionid: 'union' })
  const { req } = await guarded(async () => identity)
  if (!req) throw new Error('not let through')
  expect(req.login).toEqual({
    ...{ userId: 'u1', openid: 'o1', unionid: 'union', appid: 'wx1', sessionId: 's1' },
    sessionKey: expect.any(Function),
  })
  expect(req.login?.sessionKey()).toBe('the key')
  expect(contextOf(req)).toMatchObject({ userId: 'u1', appid: 'wx1' })
  expect(identityOf(req)).toBe(identity)
})

test('a unionid that is not known is left out', async () => {
  const { req } = await guarded(async () => identityWith())
  expect(req?.login).not.toHaveProperty('unionid')
})

test('nothing is opened before somebody asks for the session_key', async () => {
  const sessionKey = jest.fn(() => 'the key')
  const { req } = await guarded(async () => ({ ...identityWith(), sessionKey }))
  expect(sessionKey).not.toHaveBeenCalled()
  req?.login?.sessionKey()
  expect(sessionKey).toHaveBeenCalledTimes(1)
})

test.each(['token_missing', 'session_ended', 'store_unavailable'] as const)(
  'a request that is %s is answered and goes no further',
  async code => {
    const { answer, req } = await guarded(() => Promise.reject(new LoginError(code)))
    expect(req).toBeUndefined()
    expect(answer.body).toMatchObject({ error: code, request_id: 'request-1' })
  },
)
