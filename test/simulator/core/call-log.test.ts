import { CallLog } from '../../../src/simulator/core/call-log'
import { ask, start } from '../ask'

describe('the recorded calls', () => {
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

describe('the counts', () => {
  const call = (path: string) => ({ method: 'GET', path, query: [], headers: {}, body: '', at: 0 })

  it('go on when old calls are dropped, and leave out paths that nobody has', () => {
    const log = new CallLog(1)
    for (const path of ['/a', '/a', '/b']) log.add(call(path), true)
    log.add(call('/nowhere'), false)
    expect(log.calls.map(({ path }) => path)).toEqual(['/nowhere'])
    expect(log.counts).toEqual({ '/a': 2, '/b': 1 })
  })

  it('and the calls are forgotten together, and the array stays the same', () => {
    const log = new CallLog(10)
    const { calls } = log
    for (const path of ['/a', '/b']) log.add(call(path), true)
    log.forget()
    expect(log.counts).toEqual({})
    expect(log.calls).toBe(calls)
    expect(calls).toEqual([])
  })
})
