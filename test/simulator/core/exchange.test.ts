import { askAndLeave, login, loginUrl, start } from '../ask'

it('late: the answer comes after the delay', async () => {
  const simulator = await start()
  simulator.fail({ late: 300 })
  const startedAt = performance.now()
  expect(await login(simulator, simulator.mintCode())).toHaveProperty('openid')
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(295)
})

it('late: the code is spent at once, so a client that gave up finds it used', async () => {
  const simulator = await start()
  const code = simulator.mintCode()
  simulator.fail({ late: 60_000 })
  await askAndLeave(simulator, loginUrl(simulator, code))
  expect(await login(simulator, code)).toMatchObject({ errcode: 40163 })
})

it('latencyMs delays answers, not the login', async () => {
  const simulator = await start({ latencyMs: 150 })
  const startedAt = performance.now()
  await login(simulator, simulator.mintCode())
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(145)

  const code = simulator.mintCode()
  await askAndLeave(simulator, loginUrl(simulator, code))
  expect(await login(simulator, code)).toMatchObject({ errcode: 40163 })
})

it('an errcode fault spends the code or leaves it good, as `spends` says', async () => {
  const simulator = await start()
  const [kept, burnt] = [simulator.mintCode(), simulator.mintCode()]
  simulator.fail({ errcode: -1, spends: false })
  simulator.fail({ errcode: 45011, spends: true })
  await login(simulator, kept)
  await login(simulator, burnt)
  expect(await login(simulator, kept)).toHaveProperty('openid')
  expect(await login(simulator, burnt)).toMatchObject({ errcode: 40163 })
})

it('an errcode given as a string is a string in the JSON', async () => {
  const simulator = await start()
  simulator.fail({ errcode: '40029' })
  expect(await login(simulator, simulator.mintCode())).toMatchObject({
    errcode: '40029',
    errmsg: expect.stringMatching(/^invalid code, rid: /),
  })
  expect(simulator.calls[0]?.errcode).toBe(40029)
})
