import { createPhoneCodes, phoneFields } from '../../../src/simulator/wechat/phone-codes'
import { Clock } from '../../support/clock'
import { start } from '../ask'
import { accessToken, phoneNumber } from '../credentials'

it('an unknown code of 64 hex digits is adopted for devtools when the option says so', async () => {
  const simulator = await start({ unknownCodes: 'adopt' })
  const token = await accessToken(simulator)
  expect(await phoneNumber(simulator, token, { code: 'e'.repeat(64) })).toMatchObject({
    phone_info: { phoneNumber: simulator.user('devtools').phoneNumber },
  })
  expect(await phoneNumber(simulator, token, { code: 'x'.repeat(64) })).toMatchObject({
    errcode: 40029,
  })
})

describe('a phone code', () => {
  const book = () => createPhoneCodes({ now: new Clock().now, adoptUnknown: false })
  const anybody = () => true

  it('is 64 hex digits, never twice the same', () => {
    const codes = book()
    const minted = Array.from({ length: 100 }, () => codes.mint('wxa', { user: 'alice' }))
    for (const code of minted) expect(code).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set(minted).size).toBe(100)
  })

  it('that is burnt gives no number', () => {
    const codes = book()
    const code = codes.mint('wxa', { user: 'alice' })
    codes.burn(code, 'wxa')
    expect(codes.exchange(code, 'wxa', anybody)).toEqual({ errcode: 40029 })
  })

  it('carries the number that it was minted with', () => {
    const codes = book()
    const grant = { user: 'alice', phoneNumber: '51234567', countryCode: '852' }
    expect(codes.exchange(codes.mint('wxa', grant), 'wxa', anybody)).toEqual(grant)
  })
})

it('only a foreign number is spelt with its country code', () => {
  expect(phoneFields('13800138000').phoneNumber).toBe('13800138000')
  expect(phoneFields('51234567', '852')).toEqual({
    phoneNumber: '85251234567',
    purePhoneNumber: '51234567',
    countryCode: '852',
  })
})
