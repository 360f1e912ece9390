import { problemWithTokenHeader } from '../../src/config/token-headers'

test.each(['X-Access-Token', 'x-token', 'Token', 'Sa-Token', 'satoken', 'X_Token', 'Blade-Auth'])(
  '%s can carry a token',
  name => expect(problemWithTokenHeader(name)).toBeUndefined(),
)

test.each([
  ...['Cookie', 'Set-Cookie', 'Authorization', 'Proxy-Authorization'],
  ...['X-WX-OPENID', 'x-wx-code', 'X-WX-FROM-OPENID'],
  ...['Connection', 'Keep-Alive', 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade', 'Via'],
  ...['Host', 'Origin', 'Referer', 'User-Agent', 'Content-Type', 'Content-Length', 'Accept'],
  ...['If-None-Match', 'Sec-Fetch-Site', 'Access-Control-Request-Headers', 'Cache-Control'],
  ...['Forwarded', 'X-Forwarded-For', 'X-Original-Forwarded-For', 'X-Real-IP', 'X-Request-Id'],
  ...['X-Internal-Token', 'Idempotency-Key', 'X-User-Id', 'X-Openid', 'X-Login-Token'],
])('%s has another meaning and is refused', name => {
  expect(problemWithTokenHeader(name)).toMatch(/another meaning/)
})

test.each(['', 'X Token', 'X-Token:', 'X-令牌', 'a'.repeat(65)])('%j is no header name', name => {
  expect(problemWithTokenHeader(name)).toMatch(/header names/)
})
