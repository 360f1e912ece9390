import { SIMULATOR_APP } from '../../../src/simulator/index'
import { start } from '../ask'
import { control } from '../control'

it.each([
  ['POST /simulator/codes', { appid: 'wx-unknown' }],
  ['POST /simulator/codes', { user: 7 }],
  ['POST /simulator/codes', 'not json'],
  ['POST /simulator/codes', []],
  ['POST /simulator/codes', { usr: 'bob' }],
  ['POST /simulator/codes', { toString: 'bob' }],
  ['POST /simulator/phone-codes', { phoneNumber: 13800000000 }],
  ['POST /simulator/user-info', { fields: [] }],
  ['POST /simulator/user-info', { watermark: null }],
  ['POST /simulator/access-tokens/kill', { appid: 'wx-unknown' }],
  ['POST /simulator/access-tokens/kill', { stillGiven: 'yes' }],
  ['POST /simulator/session-keys/rotate', { appid: 'wx-unknown' }],
  ['POST /simulator/secrets', { appid: SIMULATOR_APP.appid }],
  ['POST /simulator/secrets', { secrets: ['x'] }],
  ['POST /simulator/unionid', {}],
  ['POST /simulator/blocks', {}],
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
