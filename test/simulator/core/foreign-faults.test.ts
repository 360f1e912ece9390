import { ask, loginUrl, start } from '../ask'
import { struck } from '../struck'

describe('an answer of something that stands before WeChat', () => {
  it.each([
    ['html200', 200],
    ['html500', 500],
    ['html502', 502],
    ['html503', 503],
    ['html504', 504],
  ] as const)('%s: HTML with status %d', async (transport, status) => {
    const reply = await struck(transport)
    expect([reply.status, reply.headers['content-type']]).toEqual([status, 'text/html'])
    expect(reply.text).toMatch(/^<html>[\s\S]*<\/html>\s*$/)
  })

  it('status429: with Retry-After', async () => {
    const { status, headers } = await struck('status429')
    expect([status, headers['retry-after']]).toEqual([429, '30'])
  })

  it('redirect: 302 to a path which answers like a login, and records who follows', async () => {
    const simulator = await start()
    simulator.fail({ transport: 'redirect' })
    const { status, headers } = await ask(loginUrl(simulator, simulator.mintCode()))
    expect(status).toBe(302)
    expect(simulator.calls).toHaveLength(1)

    const { body } = await ask(String(headers.location))
    expect(JSON.parse(body.toString())).toEqual({
      openid: expect.stringMatching(/^[\w-]{28}$/),
      session_key: expect.any(String),
    })
    expect(simulator.calls[1]?.path).toBe('/redirected')
  })
})
