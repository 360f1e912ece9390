import { login, start } from '../ask'

it.each([
  [{ errcode: 1.5 }, {}],
  [{ errcode: 'x' }, {}],
  [{ transport: 'unheard' }, {}],
  [{ transport: 'toString' }, {}],
  [{ late: -1 }, {}],
  [{}, {}],
  [{ errcode: -1, late: 1 }, {}],
  [{ errcode: -1 }, { times: 0 }],
  [{ errcode: -1 }, { times: 1.5 }],
  [{ errcode: -1 }, { path: 'sns' }],
])('a fault that does not exist is a TypeError: %j %j', async (fault, options) => {
  const simulator = await start()
  expect(() => simulator.fail(fault as never, options)).toThrow(TypeError)
  expect(await login(simulator, simulator.mintCode())).toHaveProperty('openid')
})
