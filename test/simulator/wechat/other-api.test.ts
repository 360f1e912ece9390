import { isBehindAccessToken } from '../../../src/simulator/wechat/other-api'
import { ask, start } from '../ask'
import { accessToken } from '../credentials'

const PATHS = [
  '/cgi-bin/message/subscribe/send',
  '/wxa/getwxacodeunlimit',
  '/wxa/sec/order/get_order',
]

describe.each(PATHS)('%s, which the simulator does not play', path => {
  it('answers ok to a good access_token, by GET and by POST', async () => {
    const simulator = await start()
    const url = `${simulator.url}${path}?access_token=${await accessToken(simulator)}`
    for (const method of ['GET', 'POST']) {
      const { status, body, headers } = await ask(url, { method })
      expect([status, JSON.parse(body.toString())]).toEqual([200, { errcode: 0, errmsg: 'ok' }])
      expect(headers['content-type']).toMatch(/^application\/json/)
    }
    expect(simulator.counts[path]).toBe(2)
  })

  it('refuses a dead, an earlier simulator’s, an invented and a missing one', async () => {
    const earlier = await accessToken(await start())
    const simulator = await start()
    const dead = await accessToken(simulator)
    simulator.killAccessToken()
    const errcodeOf = async (token: string) => {
      const { body } = await ask(`${simulator.url}${path}?access_token=${token}`)
      return JSON.parse(body.toString()).errcode
    }
    expect(await errcodeOf(dead)).toBe(40001)
    expect(await errcodeOf(earlier)).toBe(40001)
    expect(await errcodeOf('invented')).toBe(40014)
    expect(await errcodeOf('')).toBe(41001)
  })

  it('goes wrong on request', async () => {
    const simulator = await start()
    const url = `${simulator.url}${path}?access_token=${await accessToken(simulator)}`
    simulator.fail({ errcode: 45009 }, { path })
    expect(JSON.parse((await ask(url)).body.toString())).toMatchObject({ errcode: 45009 })
    simulator.fail({ transport: 'html502' }, { path })
    expect((await ask(url)).status).toBe(502)
  })
})

it.each(['/sns/userinfo', '/cgi-bin/', '/wxa', '/wxaapi/x', '/tcb/x', '/'])(
  '%s is none of these',
  path => {
    expect(isBehindAccessToken(path)).toBe(false)
  },
)
