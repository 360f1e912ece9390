import { createSimulator, SIMULATOR_APP } from '../../../src/simulator/index'
import { login, start } from '../ask'
import { accessToken, plainToken, stableToken } from '../credentials'

const { appid, secret } = SIMULATOR_APP

describe('the AppSecrets of an app', () => {
  it('may be two while one replaces the other', async () => {
    const simulator = await start({ apps: { [appid]: [secret, 'next-secret'] } })
    for (const valid of [secret, 'next-secret']) {
      expect(await login(simulator, simulator.mintCode(), { secret: valid })).toHaveProperty(
        'openid',
      )
      expect(await stableToken(simulator, { secret: valid })).toHaveProperty('access_token')
      expect(await plainToken(simulator, { secret: valid })).toHaveProperty('access_token')
    }
    expect(await stableToken(simulator, { secret: 'third' })).toMatchObject({ errcode: 40125 })
  })

  it('can be changed: the old one is 40125, its access_token stays good', async () => {
    const simulator = await start()
    const token = await accessToken(simulator)
    simulator.setSecrets(appid, [secret, 'next-secret'])
    expect(await accessToken(simulator)).toBe(token)
    expect(await accessToken(simulator, { secret: 'next-secret' })).toBe(token)
    simulator.setSecrets(appid, 'next-secret')
    expect(await stableToken(simulator)).toMatchObject({ errcode: 40125 })
    expect(await login(simulator, simulator.mintCode())).toMatchObject({ errcode: 40125 })
    expect(await accessToken(simulator, { secret: 'next-secret' })).toBe(token)
  })

  it.each([[[]], [['a', 'b', 'c']], [''], [['a', '']], [undefined], [7]])(
    'are one or two texts: %j is a TypeError and changes nothing',
    async secrets => {
      const simulator = await start()
      expect(() => simulator.setSecrets(appid, secrets as never)).toThrow(TypeError)
      expect(() => simulator.setSecrets('wxa', 'x')).toThrow(TypeError)
      expect(() => createSimulator({ apps: { wxa: secrets as never } })).toThrow(TypeError)
      expect(await login(simulator, simulator.mintCode())).toHaveProperty('openid')
    },
  )
})
