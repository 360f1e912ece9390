import { createSimulator } from '../../../src/simulator/index'
import { login, start } from '../ask'

it('login codes are 32 alphanumerics, never twice the same', () => {
  const simulator = createSimulator()
  const codes = Array.from({ length: 1000 }, () => simulator.mintCode())
  for (const code of codes) expect(code).toMatch(/^[0-9A-Za-z]{32}$/)
  expect(new Set(codes).size).toBe(1000)
})

it('a login code is forgotten an hour later', async () => {
  let now = Date.now()
  const simulator = await start({ now: () => now })
  const code = simulator.mintCode()
  await login(simulator, code)
  now += 60 * 60_000 + 1
  simulator.mintCode()
  expect(await login(simulator, code)).toMatchObject({ errcode: 40029 })
})

describe('a login code that was not minted here', () => {
  it('is adopted for the user devtools when it looks real and the option says so', async () => {
    const simulator = await start({ unknownCodes: 'adopt' })
    const code = '0716AVll20uHk94SLDml27etM946AVlq'
    expect((await login(simulator, code)).openid).toBe(simulator.user('devtools').openid)
    expect(await login(simulator, code)).toMatchObject({ errcode: 40163 })
  })

  it.each(['the code is a mock one', 'short', 'x'.repeat(41), '0716AVll20uHk94SLDml27etM946&a=b'])(
    'is not adopted when it does not look real: %s',
    async code => {
      const simulator = await start({ unknownCodes: 'adopt' })
      expect(await login(simulator, code)).toMatchObject({ errcode: 40029 })
    },
  )
})
