import { ask, login, loginUrl, start } from '../ask'
import { control } from '../control'
import { phoneNumber, stableToken } from '../credentials'

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

it('GET /simulator/calls shows no access_token, wherever it came', async () => {
  const simulator = await start()
  await phoneNumber(simulator, 'canary-1', { code: 'x', access_token: 'canary-2' })
  await stableToken(simulator, { secret: 'canary-3' })
  const { json } = await control(simulator, 'GET /simulator/calls')
  expect(JSON.stringify(json)).not.toContain('canary')
  expect(json.calls[0].query).toEqual([['access_token', '[redacted]']])
  expect(JSON.stringify(simulator.calls)).toContain('canary-1')
})

it('GET /simulator/counts tells how often each API was called', async () => {
  const simulator = await start()
  await stableToken(simulator)
  await stableToken(simulator)
  await login(simulator, 'sim-a-1')
  expect((await control(simulator, 'GET /simulator/counts')).json).toEqual({
    counts: { '/cgi-bin/stable_token': 2, '/sns/jscode2session': 1 },
  })
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
