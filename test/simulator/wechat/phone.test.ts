import { createPhone, type Phone } from '../../../src/simulator/wechat/phone'
import { createWeChat } from '../../../src/simulator/wechat/wechat'
import { Clock } from '../../support/clock'

function pickUp() {
  const wechat = createWeChat({
    apps: { wxa: 'a', wxb: 'b' },
    now: new Clock().now,
    adoptUnknown: false,
  })
  return { wechat, phone: createPhone(wechat) }
}

it('a code is one of alice for the first app, unless told otherwise', () => {
  const { wechat, phone } = pickUp()
  expect(wechat.codes.exchange(phone.mintCode(), 'wxa')).toEqual({ user: 'alice' })
  const other = phone.mintCode({ appid: 'wxb', user: 'bob' })
  expect(wechat.codes.exchange(other, 'wxb')).toEqual({ user: 'bob' })
})

it('a phone code too, and it carries the number that it was given', () => {
  const { wechat, phone } = pickUp()
  const exchange = (code: string, appid: string) =>
    wechat.phoneCodes.exchange(code, appid, () => true)
  expect(exchange(phone.mintPhoneCode(), 'wxa')).toEqual({ user: 'alice' })
  const other = { user: 'bob', phoneNumber: '51234567', countryCode: '852' }
  expect(exchange(phone.mintPhoneCode({ appid: 'wxb', ...other }), 'wxb')).toEqual(other)
})

it('nothing can be encrypted before the user has logged in', () => {
  const { wechat, phone } = pickUp()
  expect(() => phone.encryptUserInfo()).toThrow('log in first')
  wechat.users.rotateSessionKey('wxa', 'alice')
  expect(phone.encryptUserInfo()).toHaveProperty('signature')
  expect(() => phone.encryptPhoneNumber({ user: 'bob' })).toThrow('log in first')
})

it.each<[string, (phone: Phone) => unknown]>([
  ['mintCode', phone => phone.mintCode({ appid: 'wxc' })],
  ['mintPhoneCode', phone => phone.mintPhoneCode({ appid: 'wxc' })],
  ['encryptUserInfo', phone => phone.encryptUserInfo({ appid: 'wxc' })],
  ['encryptPhoneNumber', phone => phone.encryptPhoneNumber({ appid: 'wxc' })],
])('%s of an app that does not exist is a TypeError', (_name, act) => {
  const { phone } = pickUp()
  expect(() => act(phone)).toThrow(new TypeError('the simulator has no app "wxc"'))
})
