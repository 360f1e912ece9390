import { SIMULATOR_APP } from '../../../src/simulator/index'
import { login } from '../ask'
import { accessToken, json, OTHER_APP, phoneNumber, startWithToken } from '../credentials'

describe('a code of the phone button', () => {
  it('becomes the number of its user, with a watermark', async () => {
    const { clock, simulator, token } = await startWithToken()
    const code = simulator.mintPhoneCode()
    expect(code).toMatch(/^[0-9a-f]{64}$/)
    const { phoneNumber: number } = simulator.user('alice')
    expect(number).toMatch(/^1380000\d{4}$/)
    expect(await phoneNumber(simulator, token, { code })).toEqual({
      errcode: 0,
      errmsg: 'ok',
      phone_info: {
        phoneNumber: number,
        purePhoneNumber: number,
        countryCode: '86',
        watermark: { timestamp: Math.floor(clock.ms / 1000), appid: SIMULATOR_APP.appid },
      },
    })
  })

  it('can carry any number; a foreign one has its country code', async () => {
    const { simulator, token } = await startWithToken()
    const own = simulator.mintPhoneCode({ user: 'bob', phoneNumber: '13800138000' })
    expect(await phoneNumber(simulator, token, { code: own })).toMatchObject({
      phone_info: { phoneNumber: '13800138000', purePhoneNumber: '13800138000' },
    })
    const foreign = simulator.mintPhoneCode({ phoneNumber: '51234567', countryCode: '852' })
    expect(await phoneNumber(simulator, token, { code: foreign })).toMatchObject({
      phone_info: {
        phoneNumber: '85251234567',
        purePhoneNumber: '51234567',
        countryCode: '852',
      },
    })
  })

  it('is good once, for 5 minutes: then 40029', async () => {
    const { clock, simulator, token } = await startWithToken()
    const [good, late] = [simulator.mintPhoneCode(), simulator.mintPhoneCode()]
    clock.advance(299)
    expect(await phoneNumber(simulator, token, { code: good })).toHaveProperty('phone_info')
    expect(await phoneNumber(simulator, token, { code: good })).toMatchObject({ errcode: 40029 })
    clock.advance(1)
    expect(await phoneNumber(simulator, token, { code: late })).toMatchObject({ errcode: 40029 })
  })

  it('of another app is 40013, and stays good for its own', async () => {
    const { simulator, token } = await startWithToken()
    const code = simulator.mintPhoneCode({ appid: OTHER_APP.appid })
    expect(await phoneNumber(simulator, token, { code })).toMatchObject({ errcode: 40013 })
    const others = await accessToken(simulator, OTHER_APP)
    expect(await phoneNumber(simulator, others, { code })).toMatchObject({
      phone_info: { watermark: { appid: OTHER_APP.appid } },
    })
  })

  it('is checked against an openid that comes with it', async () => {
    const { simulator, token } = await startWithToken()
    const { openid } = simulator.user('alice')
    const right = { code: simulator.mintPhoneCode(), openid }
    expect(await phoneNumber(simulator, token, right)).toHaveProperty('phone_info')
    for (const wrong of [simulator.user('bob').openid, '', 7]) {
      const code = simulator.mintPhoneCode()
      expect(await phoneNumber(simulator, token, { code, openid: wrong })).toMatchObject({
        errcode: 40003,
      })
      expect(await phoneNumber(simulator, token, { code })).toMatchObject({ errcode: 40029 })
    }
  })

  it('and a code of wx.login are no good for each other: 40029', async () => {
    const { simulator, token } = await startWithToken()
    for (const code of [simulator.mintCode(), 'sim-alice-1']) {
      expect(await phoneNumber(simulator, token, { code })).toMatchObject({ errcode: 40029 })
      expect(await login(simulator, code)).toHaveProperty('openid')
    }
    for (const code of [simulator.mintPhoneCode(), 'simphone-alice-1']) {
      expect(await login(simulator, code)).toMatchObject({ errcode: 40029 })
      expect(await phoneNumber(simulator, token, { code })).toHaveProperty('phone_info')
    }
  })

  it('gives the number to one of many who bring it at once', async () => {
    const { simulator, token } = await startWithToken()
    const code = simulator.mintPhoneCode()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => phoneNumber(simulator, token, { code })),
    )
    expect(answers.filter(({ errcode }) => errcode === 0)).toHaveLength(1)
    expect(answers.filter(({ errcode }) => errcode === 40029)).toHaveLength(19)
  })

  it('is forgotten by reset', async () => {
    const { simulator, token } = await startWithToken()
    const code = simulator.mintPhoneCode()
    simulator.reset()
    expect(await phoneNumber(simulator, token, { code })).toMatchObject({ errcode: 40029 })
  })
})

describe('POST /wxa/business/getuserphonenumber', () => {
  it.each([
    ['{}', 40097],
    ['{"code":""}', 40097],
    ['{"code":7}', 40097],
    ['', 44002],
    ['code=x', 47001],
    ['[]', 47001],
  ])('refuses the body %j', async (body, errcode) => {
    const { simulator, token } = await startWithToken()
    const url = `${simulator.url}/wxa/business/getuserphonenumber?access_token=${token}`
    expect(await json(url, { method: 'POST', body })).toMatchObject({ errcode })
  })

  it('is not a GET: 43002', async () => {
    const { simulator, token } = await startWithToken()
    const url = `${simulator.url}/wxa/business/getuserphonenumber?access_token=${token}`
    expect(await json(url)).toMatchObject({ errcode: 43002 })
  })

  it('looks at the access_token before the code', async () => {
    const { simulator } = await startWithToken()
    const body = { code: simulator.mintPhoneCode() }
    expect(await phoneNumber(simulator, 'invented', body)).toMatchObject({ errcode: 40014 })
    const token = await accessToken(simulator)
    expect(await phoneNumber(simulator, token, body)).toHaveProperty('phone_info')
  })

  it.each([
    [-1, true],
    [40001, false],
    [40029, true],
    [45011, false],
  ])('answers errcode %d when told to; the code is spent: %j', async (errcode, spends) => {
    const { simulator, token } = await startWithToken()
    const body = { code: simulator.mintPhoneCode() }
    simulator.fail({ errcode }, { path: '/wxa/business/getuserphonenumber' })
    expect(await login(simulator, simulator.mintCode())).toHaveProperty('openid')
    expect(await phoneNumber(simulator, token, body)).toMatchObject({ errcode })
    const again = await phoneNumber(simulator, token, body)
    if (spends) expect(again).toMatchObject({ errcode: 40029 })
    else expect(again).toHaveProperty('phone_info')
  })
})
