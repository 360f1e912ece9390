import { SIMULATOR_APP, type Simulator } from '../../src/simulator/index'
import { ask, login, loginUrl, start } from './ask'

async function control(simulator: Simulator, route: string, body?: unknown) {
  const [method = '', path = ''] = route.split(' ')
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const reply = await ask(simulator.url + path, {
    method,
    ...(text !== undefined && { body: text }),
  })
  expect(reply.headers['content-type']).toMatch(/^application\/json/)
  return { status: reply.status, json: JSON.parse(reply.body.toString()) }
}

it('POST /simulator/codes mints a code, by default of alice', async () => {
  const simulator = await start()
  const mine = await control(simulator, 'POST /simulator/codes')
  expect((await login(simulator, mine.json.code)).openid).toBe(simulator.user('alice').openid)
  const bobs = await control(simulator, 'POST /simulator/codes', {
    user: 'bob',
    appid: SIMULATOR_APP.appid,
  })
  expect((await login(simulator, bobs.json.code)).openid).toBe(simulator.user('bob').openid)
})

it('GET /simulator/calls shows the calls without the secret; in process it is there', async () => {
  const simulator = await start({ apps: { wxa: 'canary-secret' } })
  await login(simulator, 'sim-bob-1', { appid: 'wxa', secret: 'canary-secret' })
  await ask(`${simulator.url}/sns/jscode2session?SECRET=canary-2&appsecret=canary-3`, {
    method: 'POST',
    body: '{"secret":"canary-4","appid":"wxa"}',
  })
  await ask(`${simulator.url}/x`, { method: 'POST', body: 'appid=wxa&secret=canary-5&x=y' })

  const { json } = await control(simulator, 'GET /simulator/calls')
  expect(JSON.stringify(json)).not.toContain('canary')
  expect(json.calls).toHaveLength(3)
  expect(json.calls[0].query).toContainEqual(['js_code', 'sim-bob-1'])
  expect(json.calls[0].query).toContainEqual(['secret', '[redacted]'])
  expect(json.calls[2].body).toBe('appid=wxa&secret=[redacted]&x=y')
  expect(simulator.calls[0]?.query).toContainEqual(['secret', 'canary-secret'])
})

it('POST /simulator/faults makes the next calls fail', async () => {
  const simulator = await start()
  expect(await control(simulator, 'POST /simulator/faults', { errcode: 45011, times: 2 })).toEqual({
    status: 200,
    json: { ok: true },
  })
  expect(await login(simulator, 'sim-a-1')).toMatchObject({ errcode: 45011 })
  expect(await login(simulator, 'sim-a-1')).toMatchObject({ errcode: 45011 })
  expect(await login(simulator, 'sim-a-1')).toHaveProperty('openid')

  await control(simulator, 'POST /simulator/faults', { transport: 'html503', times: 'Infinity' })
  for (let i = 0; i < 3; i += 1) {
    expect((await ask(loginUrl(simulator, 'sim-a-2'))).status).toBe(503)
  }
  await control(simulator, 'POST /simulator/reset')
  await control(simulator, 'POST /simulator/faults', { late: 100, path: '/sns/jscode2session' })
  const startedAt = performance.now()
  await login(simulator, 'sim-a-3')
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(95)
})

it('POST /simulator/reset forgets calls and codes', async () => {
  const simulator = await start()
  const code = simulator.mintCode()
  await login(simulator, 'nonsense')
  await control(simulator, 'POST /simulator/reset')
  expect(simulator.calls).toEqual([])
  expect(await login(simulator, code)).toMatchObject({ errcode: 40029 })
})

it.each([
  ['POST /simulator/codes', { appid: 'wx-unknown' }],
  ['POST /simulator/codes', { user: 7 }],
  ['POST /simulator/codes', 'not json'],
  ['POST /simulator/codes', []],
  ['POST /simulator/faults', {}],
  ['POST /simulator/faults', { transport: 'unheard' }],
  ['POST /simulator/faults', { errcode: -1, times: 'often' }],
])('a wrong body gets 400 and a reason: %s %j', async (route, body) => {
  const simulator = await start()
  const { status, json } = await control(simulator, route, body)
  expect(status).toBe(400)
  expect(json.error).toEqual(expect.any(String))
})

it('other routes get 404 and the list of routes', async () => {
  const simulator = await start()
  const { status, json } = await control(simulator, 'GET /simulator/codes')
  expect(status).toBe(404)
  expect(json.error).toContain('POST /simulator/codes')
})

it('control calls are not recorded, and no fault strikes them', async () => {
  const simulator = await start()
  simulator.fail({ transport: 'html500' })
  expect((await control(simulator, 'POST /simulator/codes')).status).toBe(200)
  expect(simulator.calls).toEqual([])
})
