import { createSimulator, SIMULATOR_APP } from '../../../src/simulator/index'
import { login, start } from '../ask'

it('reset forgets calls, faults and codes, and keeps users', async () => {
  const simulator = await start()
  const code = simulator.mintCode()
  await login(simulator, simulator.mintCode())
  await login(simulator, 'sim-bob-1')
  const alice = simulator.user('alice')
  simulator.blockUser('carol')
  simulator.fail({ errcode: -1 })
  simulator.reset()
  expect(simulator.calls).toEqual([])
  expect(simulator.user('alice')).toEqual(alice)
  expect(await login(simulator, code)).toMatchObject({ errcode: 40029 })
  expect(await login(simulator, 'sim-bob-1')).toHaveProperty('openid')
  expect(await login(simulator, 'sim-carol-1')).toMatchObject({ errcode: 40226 })
})

it('a method works without its simulator, and url and counts stay alive', async () => {
  const simulator = createSimulator()
  const { listen, mintCode, fail, user, reset, close } = simulator
  const url = await listen()
  expect(simulator.url).toBe(url)
  fail({ errcode: -1 })
  expect(await login(simulator, mintCode())).toMatchObject({ errcode: -1 })
  expect(await login(simulator, mintCode())).toMatchObject({ openid: user('alice').openid })
  expect(simulator.counts).toEqual({ '/sns/jscode2session': 2 })
  reset()
  expect(simulator.counts).toEqual({})
  await close()
})

describe('options', () => {
  it.each([
    [{ apps: {} }, '"apps"'],
    [{ apps: { wxa: '' } }, '"apps"'],
    [{ unknownCodes: 'perhaps' as never }, '"unknownCodes"'],
    [{ latencyMs: -1 }, '"latencyMs"'],
    [{ maxCalls: 0 }, '"maxCalls"'],
  ])('that make no sense are a TypeError that names them: %j', (options, name) => {
    expect(() => createSimulator(options)).toThrow(TypeError)
    expect(() => createSimulator(options)).toThrow(name)
  })

  it('an app that does not exist is a TypeError', () => {
    const simulator = createSimulator()
    expect(() => simulator.mintCode({ appid: 'wxa' })).toThrow(TypeError)
    expect(() => simulator.user('alice', 'wxa')).toThrow(TypeError)
    expect(() => simulator.setUnionidBound('wxa', true)).toThrow(TypeError)
  })

  it('the default app is visibly fake', () => {
    expect(SIMULATOR_APP.appid).toBe('wx0000000000000000')
    // “simulated secret”, in hex digits.
    expect(SIMULATOR_APP.secret).toContain('5117a7ed5ec7e7')
  })
})
