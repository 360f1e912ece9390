import { ask, login, loginUrl, start } from '../ask'

describe('the HTTP answer of /sns/', () => {
  it('is 200, text/plain, with Content-Length and the Date of the clock', async () => {
    const simulator = await start({ now: () => 0x66c69111 * 1000 })
    const success = await ask(loginUrl(simulator, simulator.mintCode()))
    const failure = await ask(loginUrl(simulator, 'nonsense'))
    for (const { status, headers, body } of [success, failure]) {
      expect(status).toBe(200)
      expect(headers['content-type']).toBe('text/plain')
      expect(headers['content-length']).toBe(String(body.length))
      expect(headers.date).toBe('Thu, 22 Aug 2024 01:14:57 GMT')
    }
  })

  it('that refuses ends with a rid whose first group is the time in hex seconds', async () => {
    const simulator = await start({ now: () => 0x66c69111 * 1000 + 999 })
    const { errmsg } = await login(simulator, 'nonsense')
    expect(errmsg).toMatch(/^invalid code, rid: 66c69111-[0-9a-f]{8}-[0-9a-f]{8}$/)
  })
})
