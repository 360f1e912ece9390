import { createSimulatorRelay } from '../../src/playground/simulator-relay'
import { createSimulator, type Simulator } from '../../src/simulator/index'

let simulator: Simulator
let relay: ReturnType<typeof createSimulatorRelay>
beforeAll(async () => {
  simulator = createSimulator()
  relay = createSimulatorRelay(await simulator.listen())
})
afterAll(() => simulator.close())

const callWeChat = async () => {
  await (await fetch(`${simulator.url}/wxa/x?access_token=canary`)).text()
}

test('the phone’s part of the simulator is there, and the operator’s is not', () => {
  for (const path of ['/codes', '/phone-codes', '/faults', '/session-keys/rotate']) {
    expect(relay.allows(path)).toBe(true)
  }
  for (const path of ['/secrets', '/calls', '/unionid', '', '/../sns/jscode2session', '/codes/']) {
    expect(relay.allows(path)).toBe(false)
  }
})

test('the simulator’s answer comes as it is, refusals too', async () => {
  expect(await relay.ask('/codes', { user: 'bob' })).toEqual({
    status: 200,
    body: { code: expect.stringMatching(/^\w{32}$/) },
  })
  expect(await relay.ask('/codes', { usr: 'bob' })).toMatchObject({ status: 400 })
})

test('calls are counted, the latest are shown, and no secret is in them', async () => {
  simulator.reset()
  for (let i = 0; i < 23; i++) await callWeChat()
  const { body } = await relay.calls()
  expect(body).toMatchObject({ total: 23 })
  expect((body as { calls: unknown[] }).calls).toHaveLength(20)
  expect(JSON.stringify(body)).not.toContain('canary')
})
