import { createWeChat, forgetCodesAndQuotas } from '../../../src/simulator/wechat/wechat'
import { Clock } from '../../support/clock'

it('codes and quotas are forgotten; access_tokens, keys and bindings stay', () => {
  const wechat = createWeChat({ apps: { wxa: 'a' }, now: new Clock().now, adoptUnknown: false })
  const code = wechat.codes.mint('wxa', 'alice')
  const phoneCode = wechat.phoneCodes.mint('wxa', { user: 'alice' })
  const given = wechat.accessTokens.stable('wxa', false)
  const user = wechat.users.rotateSessionKey('wxa', 'alice')
  wechat.apps.bind('wxa')
  for (let call = 0; call < 2000; call += 1) wechat.accessTokens.plain('wxa')
  expect(wechat.accessTokens.plain('wxa')).toEqual({ errcode: 45009 })

  forgetCodesAndQuotas(wechat)
  expect(wechat.codes.exchange(code, 'wxa')).toEqual({ errcode: 40029 })
  expect(wechat.phoneCodes.exchange(phoneCode, 'wxa', () => true)).toEqual({ errcode: 40029 })
  expect(wechat.accessTokens.plain('wxa')).toHaveProperty('token')
  expect(wechat.accessTokens.stable('wxa', false)).toEqual(given)
  expect(wechat.users.seenBy('wxa', 'alice')).toEqual(user)
  expect(wechat.apps.isBound('wxa')).toBe(true)
})
