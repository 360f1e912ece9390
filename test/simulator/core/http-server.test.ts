import { Agent } from 'node:http'
import { createSimulator } from '../../../src/simulator/index'
import { ask, listenRaw, login, loginUrl, start, until } from '../ask'

describe('listening', () => {
  it('is on 127.0.0.1 and a free port unless told otherwise', async () => {
    const simulator = await start()
    expect(simulator.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/)
  })

  it('on every address gives a URL that a client can use', async () => {
    const simulator = createSimulator()
    expect(await simulator.listen({ host: '0.0.0.0' })).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(await login(simulator, simulator.mintCode())).toHaveProperty('openid')
    await simulator.close()
  })

  it('on a taken port fails with EADDRINUSE', async () => {
    const port = Number(new URL((await start()).url).port)
    await expect(createSimulator().listen({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  it('or on the next free one, where that is asked for', async () => {
    const port = Number(new URL((await start()).url).port)
    const simulator = createSimulator()
    const url = await simulator.listen({ port, orNext: true })
    expect(Number(new URL(url).port)).toBeGreaterThan(port)
    expect(await login(simulator, simulator.mintCode())).toHaveProperty('openid')
    await simulator.close()
  })

  it('fails for another reason at once, without trying further ports', async () => {
    const asked = createSimulator().listen({ host: '203.0.113.1', port: 1, orNext: true })
    await expect(asked).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' })
  })

  it('has no URL before and after', async () => {
    const simulator = createSimulator()
    expect(() => simulator.url).toThrow('does not listen')
    await simulator.listen()
    await simulator.close()
    expect(() => simulator.url).toThrow('does not listen')
    await simulator.close()
  })

  it('ends, though connections hang and idle', async () => {
    const simulator = createSimulator()
    await simulator.listen()
    const agent = new Agent({ keepAlive: true })
    await ask(loginUrl(simulator, simulator.mintCode()), { agent })
    simulator.fail({ transport: 'never' })
    simulator.fail({ late: 60_000 })
    const hung = listenRaw(loginUrl(simulator, simulator.mintCode()))
    const late = listenRaw(loginUrl(simulator, simulator.mintCode()))
    await until(() => simulator.calls.length === 3)
    await simulator.close()
    expect((await hung).ended).toBe('closed')
    expect((await late).ended).toBe('closed')
    agent.destroy()
  })

  it('keeps connections alive between calls', async () => {
    const simulator = await start()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const { headers } = await ask(loginUrl(simulator, simulator.mintCode()), { agent })
    expect(headers.connection).toBe('keep-alive')
    const again = await ask(loginUrl(simulator, simulator.mintCode()), { agent })
    expect(JSON.parse(again.body.toString())).toHaveProperty('openid')
    agent.destroy()
  })
})
