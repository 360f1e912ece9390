import { readFileSync } from 'node:fs'
import { Agent } from 'node:http'
import path from 'node:path'
import { TRANSPORT_FAULTS, type TransportFault } from '../../../src/simulator/index'
import { isTransportFault } from '../../../src/simulator/wechat/faults'
import { ask, askAndLeave, login, loginUrl, start } from '../ask'

describe('whether the fault spends the code', () => {
  const UNSPENT = [
    'html200',
    'html500',
    'html502',
    'html503',
    'html504',
    'status429',
    'redirect',
    'never',
    'stale',
    'huge',
    'gzipbomb',
    'garbage',
  ]

  it.each(Object.keys(TRANSPORT_FAULTS) as TransportFault[])('%s', async transport => {
    const simulator = await start()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    await ask(loginUrl(simulator, simulator.mintCode()), { agent })
    const code = simulator.mintCode()
    simulator.fail({ transport })
    await askAndLeave(simulator, loginUrl(simulator, code), agent)
    agent.destroy()
    expect(simulator.calls[1]?.fault).toEqual({ transport })

    const unspent = UNSPENT.includes(transport)
    expect(TRANSPORT_FAULTS[transport].spendsCode).toBe(!unspent)
    const again = await login(simulator, code)
    if (unspent) expect(again).toHaveProperty('openid')
    else expect(again).toMatchObject({ errcode: 40163 })
  })
})

it('docs/simulator.md lists every fault, and whether it spends the code', () => {
  const docs = readFileSync(path.join(__dirname, '../../../docs/simulator.md'), 'utf8')
  const rows = docs.matchAll(/^\| `([a-z0-9]+)` \| .+ \| (已用|未用) \|$/gm)
  const listed = [...rows].map(([, name, code]) => [name, { spendsCode: code === '已用' }])
  expect(Object.fromEntries(listed)).toEqual(TRANSPORT_FAULTS)
})

it('a name that every object has is no fault', () => {
  expect([isTransportFault('reset'), isTransportFault('toString')]).toEqual([true, false])
})
