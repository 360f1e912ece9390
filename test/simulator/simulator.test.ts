import { readFileSync } from 'node:fs'
import { Agent } from 'node:http'
import path from 'node:path'

import { createSimulator, SIMULATOR_APP, TRANSPORT_FAULTS } from '../../src/simulator/index'
import { ask, listenRaw, login, loginUrl, start } from './ask'

describe('identities', () => {
  const apps = { wxa: 'secret-a', wxb: 'secret-b' }

  it('are the same for the same name, in every simulator', () => {
    const [one, other] = [createSimulator(), createSimulator()]
    expect(one.user('alice')).toEqual(other.user('alice'))
    expect(one.user('alice').openid).not.toBe(one.user('bob').openid)
    expect(one.user('alice').unionid).not.toBe(one.user('bob').unionid)
  })

  it('have one openid per app and one unionid for all', () => {
    const simulator = createSimulator({ apps })
    const [a, b] = [simulator.user('alice', 'wxa'), simulator.user('alice', 'wxb')]
    expect(a.openid).not.toBe(b.openid)
    expect(a.unionid).toBe(b.unionid)
    expect(simulator.user('alice')).toEqual(a)
  })

  it('look like real ones and show that they are not', () => {
    const { openid, unionid, sessionKey } = createSimulator().user('alice')
    expect(openid).toMatch(/^oSIM[A-Za-z0-9_-]{24}$/)
    expect(unionid).toMatch(/^oSIM[A-Za-z0-9_-]{24}$/)
    expect(unionid).not.toBe(openid)
    expect(sessionKey).toBeUndefined()
  })
})

it('codes are 32 alphanumerics, never twice the same', () => {
  const simulator = createSimulator()
  const codes = Array.from({ length: 1000 }, () => simulator.mintCode())
  for (const code of codes) expect(code).toMatch(/^[0-9A-Za-z]{32}$/)
  expect(new Set(codes).size).toBe(1000)
})

it('a minted code is forgotten an hour later', async () => {
  let now = Date.now()
  const simulator = await start({ now: () => now })
  const code = simulator.mintCode()
  await login(simulator, code)
  now += 60 * 60_000 + 1
  simulator.mintCode()
  expect(await login(simulator, code)).toMatchObject({ errcode: 40029 })
})

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

  it('has no URL before and after', async () => {
    const simulator = createSimulator()
    expect(() => simulator.url).toThrow('does not listen')
    await simulator.listen()
    await simulator.close()
    expect(() => simulator.url).toThrow('does not listen')
    await simulator.close()
  })

  it('ends at once, though connections hang and idle', async () => {
    const simulator = createSimulator()
    await simulator.listen()
    const agent = new Agent({ keepAlive: true })
    await ask(loginUrl(simulator, simulator.mintCode()), { agent })
    simulator.fail({ transport: 'never' })
    simulator.fail({ late: 60_000 })
    const hung = listenRaw(loginUrl(simulator, simulator.mintCode()), 1500)
    const late = listenRaw(loginUrl(simulator, simulator.mintCode()), 1500)
    while (simulator.calls.length < 3) await new Promise(resolve => setTimeout(resolve, 5))
    const startedAt = performance.now()
    await simulator.close()
    expect((await hung).ended).toBe('closed')
    expect((await late).ended).toBe('closed')
    expect(performance.now() - startedAt).toBeLessThan(500)
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

describe('calls', () => {
  it('record what came: method, path, query, headers, body, time, errcode', async () => {
    const simulator = await start({ now: () => 1_700_000_000_000 })
    await ask(`${simulator.url}/sns/jscode2session?appid=a%26b&secret=s`, {
      method: 'POST',
      body: 'hello',
      headers: { 'X-Test': 'yes' },
    })
    expect(simulator.calls).toEqual([
      {
        method: 'POST',
        path: '/sns/jscode2session',
        query: [
          ['appid', 'a&b'],
          ['secret', 's'],
        ],
        headers: expect.objectContaining({ 'x-test': 'yes' }),
        body: 'hello',
        at: 1_700_000_000_000,
        errcode: 41002,
      },
    ])
  })

  it('of addresses that WeChat does not have are recorded and get 404', async () => {
    const simulator = await start()
    const { status, body } = await ask(`${simulator.url}/sns/userinfo`)
    expect([status, body.length]).toEqual([404, 0])
    expect(simulator.calls[0]?.path).toBe('/sns/userinfo')
  })

  it('keep the newest when there are too many', async () => {
    const simulator = await start({ maxCalls: 2 })
    for (const path of ['/a', '/b', '/c']) await ask(simulator.url + path)
    expect(simulator.calls.map(({ path }) => path)).toEqual(['/b', '/c'])
  })
})

it('latencyMs delays answers, not the login', async () => {
  const simulator = await start({ latencyMs: 150 })
  const startedAt = performance.now()
  await login(simulator, simulator.mintCode())
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(145)

  const code = simulator.mintCode()
  await expect(ask(loginUrl(simulator, code), { patienceMs: 50 })).rejects.toThrow()
  expect(await login(simulator, code)).toMatchObject({ errcode: 40163 })
})

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

it('docs/simulator.md lists every fault, and whether it spends the code', () => {
  const docs = readFileSync(path.join(__dirname, '../../docs/simulator.md'), 'utf8')
  const rows = docs.matchAll(/^\| `([a-z0-9]+)` \| .+ \| (已用|未用) \|$/gm)
  const listed = [...rows].map(([, name, code]) => [name, { spendsCode: code === '已用' }])
  expect(Object.fromEntries(listed)).toEqual(TRANSPORT_FAULTS)
})
