import { createOperator, type Operator } from '../../../src/simulator/wechat/operator'
import { createWeChat } from '../../../src/simulator/wechat/wechat'
import { Clock } from '../../support/clock'

function operate() {
  const wechat = createWeChat({
    apps: { wxa: 'a', wxb: 'b' },
    now: new Clock().now,
    adoptUnknown: false,
  })
  return { wechat, operator: createOperator(wechat) }
}

it('without an appid the operator acts on the first app alone', () => {
  const { wechat, operator } = operate()
  operator.rotateSessionKey('alice')
  expect(wechat.users.seenBy('wxa', 'alice').sessionKey).toBeDefined()
  expect(wechat.users.seenBy('wxb', 'alice').sessionKey).toBeUndefined()
  operator.expireSessionKey('alice')
  expect(operator.user('alice').sessionKey).toBeUndefined()
})

it('an access_token is killed or expired in the app that is named', () => {
  const { wechat, operator } = operate()
  const tokenOf = (appid: string) => {
    const given = wechat.accessTokens.stable(appid, false)
    return 'token' in given ? given.token : ''
  }
  const [a, b] = [tokenOf('wxa'), tokenOf('wxb')]
  operator.killAccessToken('wxa')
  operator.expireAccessToken('wxb')
  expect(wechat.accessTokens.check(a)).toEqual({ errcode: 40001 })
  expect(wechat.accessTokens.check(b)).toEqual({ errcode: 42001 })
})

it('a user is blocked everywhere, and may be let in again', () => {
  const { wechat, operator } = operate()
  operator.blockUser('mallory')
  expect(wechat.users.isBlocked('mallory')).toBe(true)
  operator.blockUser('mallory', false)
  expect(wechat.users.isBlocked('mallory')).toBe(false)
})

it.each<[string, (operator: Operator) => unknown]>([
  ['killAccessToken', operator => operator.killAccessToken('wxc')],
  ['expireAccessToken', operator => operator.expireAccessToken('wxc')],
  ['user', operator => operator.user('alice', 'wxc')],
  ['setUnionidBound true', operator => operator.setUnionidBound('wxc', true)],
  ['setUnionidBound false', operator => operator.setUnionidBound('wxc', false)],
  ['setSecrets', operator => operator.setSecrets('wxc', 'x')],
  ['rotateSessionKey', operator => operator.rotateSessionKey('alice', 'wxc')],
  ['expireSessionKey', operator => operator.expireSessionKey('alice', 'wxc')],
])('%s of an app that does not exist is a TypeError', (_name, act) => {
  const { operator } = operate()
  expect(() => act(operator)).toThrow(new TypeError('the simulator has no app "wxc"'))
})
