import { half } from '../../../src/simulator/core/answer'
import { ask, loginUrl, start } from '../ask'

it('half of an answer is half of its bytes, not of its letters', () => {
  const of = (body: string) => half({ status: 200, headers: {}, body })
  expect(of('abcde').toString()).toBe('ab')
  expect(of('微信')).toHaveLength(3)
  expect(of('')).toHaveLength(0)
})

it('every answer has the exact length, and the Date of the simulator’s clock', async () => {
  const simulator = await start({ now: () => 0x66c69111 * 1000 })
  for (const url of [loginUrl(simulator, 'sim-alice-1'), `${simulator.url}/nowhere`]) {
    const { headers, body } = await ask(url)
    expect(headers['content-length']).toBe(String(body.length))
    expect(headers.date).toBe('Thu, 22 Aug 2024 01:14:57 GMT')
  }
})
