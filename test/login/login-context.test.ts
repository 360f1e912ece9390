import type { Identity } from '../../src/login/identify'
import { loginContextOf } from '../../src/login/login-context'

const session = { id: 's1', userId: 'u1', appid: 'wx1', openid: 'o1', unionid: 'union' }
const identityWith = (change: object, sessionKey = () => 'the key') =>
  ({ session: { ...session, ...change }, sessionKey }) as unknown as Identity

test('who is asking has what the session says, and no claim of the token', () => {
  expect(loginContextOf(identityWith({ sealed: 'x' }))).toEqual({
    ...{ userId: 'u1', openid: 'o1', unionid: 'union', appid: 'wx1', sessionId: 's1' },
    sessionKey: expect.any(Function),
  })
})

test('a unionid that is not known is left out', () => {
  expect(loginContextOf(identityWith({ unionid: null }))).not.toHaveProperty('unionid')
})

test('nothing is opened before somebody asks for the session_key', () => {
  const sessionKey = jest.fn(() => 'the key')
  const context = loginContextOf(identityWith({}, sessionKey))
  expect(sessionKey).not.toHaveBeenCalled()
  expect(context.sessionKey()).toBe('the key')
})
