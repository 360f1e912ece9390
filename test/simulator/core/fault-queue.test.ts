import { ask, login, start } from '../ask'

describe('faults wait in line', () => {
  it('each strikes once, in the order given, and then all is well', async () => {
    const simulator = await start()
    simulator.fail({ errcode: -1 })
    simulator.fail({ errcode: 45011 }, { times: 2 })
    const seen: unknown[] = []
    for (let i = 0; i < 4; i += 1) {
      seen.push((await login(simulator, simulator.mintCode())).errcode)
    }
    expect(seen).toEqual([-1, 45011, 45011, undefined])
  })

  it('an endless one ends with reset', async () => {
    const simulator = await start()
    simulator.fail({ errcode: -1 }, { times: Number.POSITIVE_INFINITY })
    for (let i = 0; i < 5; i += 1) {
      expect(await login(simulator, simulator.mintCode())).toMatchObject({ errcode: -1 })
    }
    simulator.reset()
    expect(await login(simulator, simulator.mintCode())).toHaveProperty('openid')
  })

  it('and come before the one that a code names', async () => {
    const simulator = await start()
    simulator.fail({ errcode: -1 })
    expect(await login(simulator, 'sim-errcode-40226-x')).toMatchObject({ errcode: -1 })
    expect(await login(simulator, 'sim-errcode-40226-x')).toMatchObject({ errcode: 40226 })
  })

  it('one with a path lets other paths pass', async () => {
    const simulator = await start()
    simulator.fail({ errcode: -1 }, { path: '/cgi-bin/token' })
    expect(await login(simulator, simulator.mintCode())).toHaveProperty('openid')
    const { body } = await ask(`${simulator.url}/cgi-bin/token`)
    expect(JSON.parse(body.toString())).toMatchObject({ errcode: -1 })
  })
})
