import { faultOfCode, userOfCode, userOfPhoneCode } from '../../../src/simulator/wechat/code-names'
import { ask, login, loginUrl, start } from '../ask'
import { phoneNumber, startWithToken } from '../credentials'

it('a real code names nobody and no fault', () => {
  for (const code of ['0716AVll20uHk94SLDml27etM946AVlq', 'e'.repeat(64), '']) {
    expect([userOfCode(code), userOfPhoneCode(code), faultOfCode(code)]).toEqual(
      Array(3).fill(undefined),
    )
  }
})

it('a code of wx.login names no telephone number, and a phone code names no login', () => {
  expect([userOfCode('sim-bob-1'), userOfPhoneCode('sim-bob-1')]).toEqual(['bob', undefined])
  expect([userOfCode('simphone-bob-1'), userOfPhoneCode('simphone-bob-1')]).toEqual([
    undefined,
    'bob',
  ])
})

describe('a login code with a name', () => {
  it.each(['refuse', 'adopt'] as const)('sim-bob-1 is a code of bob, once (%s)', async mode => {
    const simulator = await start({ unknownCodes: mode })
    expect((await login(simulator, 'sim-bob-1')).openid).toBe(simulator.user('bob').openid)
    expect(await login(simulator, 'sim-bob-1')).toMatchObject({ errcode: 40163 })
    expect((await login(simulator, 'sim-bob-2')).openid).toBe(simulator.user('bob').openid)
  })

  it('stays good when the secret was wrong', async () => {
    const simulator = await start()
    expect(await login(simulator, 'sim-bob-1', { secret: 'wrong' })).toMatchObject({
      errcode: 40125,
    })
    expect(await login(simulator, 'sim-bob-1')).toHaveProperty('openid')
  })

  it.each(['refuse', 'adopt'] as const)('sim-errcode-<n>-x gets errcode n (%s)', async mode => {
    const simulator = await start({ unknownCodes: mode })
    expect(await login(simulator, 'sim-errcode-40226-x')).toMatchObject({ errcode: 40226 })
    expect(await login(simulator, 'sim-errcode-40226-x')).toMatchObject({ errcode: 40226 })
    expect(await login(simulator, 'sim-errcode--1-x')).toMatchObject({ errcode: -1 })
    expect(simulator.calls[2]).toMatchObject({ errcode: -1, fault: { errcode: -1 } })
  })

  it('sim-fault-<transport>-x gets that fault', async () => {
    const simulator = await start()
    expect((await ask(loginUrl(simulator, 'sim-fault-html502-x'))).status).toBe(502)
    const { headers, body } = await ask(loginUrl(simulator, 'sim-fault-json-x'))
    expect(headers['content-type']).toMatch(/^application\/json/)
    expect(JSON.parse(body.toString()).openid).toBe(simulator.user('alice').openid)
    expect(await login(simulator, 'sim-fault-json-x')).toMatchObject({ errcode: 40163 })
  })

  it.each(['sim-bob', 'sim-bob-', 'sim--1', 'sim-errcode-x-1', 'sim-fault-unheard-1'])(
    'must have all its parts: %s gets 40029',
    async code => {
      const simulator = await start()
      expect(await login(simulator, code)).toMatchObject({ errcode: 40029 })
    },
  )
})

describe('a phone code with a name', () => {
  it('simphone-bob-1 is a code of bob, once', async () => {
    const { simulator, token } = await startWithToken()
    const bob = { phone_info: { phoneNumber: simulator.user('bob').phoneNumber } }
    const body = { code: 'simphone-bob-1' }
    expect(await phoneNumber(simulator, token, body)).toMatchObject(bob)
    expect(await phoneNumber(simulator, token, body)).toMatchObject({ errcode: 40029 })
    expect(await phoneNumber(simulator, token, { code: 'simphone-bob-2' })).toMatchObject(bob)
  })

  it('simphone-errcode-<n>-x and simphone-fault-<transport>-x go wrong', async () => {
    const { simulator, token } = await startWithToken()
    const asked = (code: string) =>
      ask(`${simulator.url}/wxa/business/getuserphonenumber?access_token=${token}`, {
        method: 'POST',
        body: JSON.stringify({ code }),
      })
    const refused = await asked('simphone-errcode-48001-x')
    expect(JSON.parse(refused.body.toString())).toMatchObject({
      errcode: 48001,
      errmsg: expect.stringMatching(/^api unauthorized rid: /),
    })
    expect((await asked('simphone-fault-html502-x')).status).toBe(502)
  })
})
