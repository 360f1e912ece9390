import { type Service, type ServiceOptions, startService } from '../support/service'
import { exchange, request } from './raw-socket'

describe('logins from one address', () => {
  const services: Service[] = []
  async function limited(options: ServiceOptions = {}): Promise<Service> {
    const service = await startService({ rateLimit: 10, ...options })
    services.push(service)
    return service
  }
  afterEach(async () => {
    jest.restoreAllMocks()
    for (const service of services.splice(0)) await service.close()
  })

  const JSON_TYPE = { 'Content-Type': 'application/json' }
  interface Ask {
    from?: string
    headers?: Record<string, string>
    line?: string
  }
  async function ask(service: Service, { from, headers = {}, line = 'POST /login' }: Ask = {}) {
    const body = line.startsWith('POST') ? '{"code":"x"}' : ''
    const length = { 'Content-Length': body.length }
    const sent = request(line, { ...JSON_TYPE, ...length, ...headers }, body)
    const [answer] = (await exchange(service.port, sent, from ? { from } : {})).answers
    if (!answer) throw new Error('no answer')
    return answer
  }
  async function countPassed(service: Service, times: number, of: (i: number) => Ask) {
    const answers = await Promise.all(Array.from({ length: times }, (_, i) => ask(service, of(i))))
    return answers.filter(({ status }) => status !== 429).length
  }

  test('pass up to the limit, also all at once, and then get 429 with the time to wait', async () => {
    const service = await limited()
    expect(await countPassed(service, 40, () => ({}))).toBe(10)
    const answer = await ask(service)
    expect(answer.status).toBe(429)
    const wait = Number(answer.headers['retry-after'])
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(60)
    expect(JSON.parse(answer.text)).toMatchObject({
      error: 'rate_limited',
      action: 'wait',
      retry_after: wait,
    })
    expect(service.simulator.calls).toHaveLength(1)
  })

  test('are counted together on all routes that log in, and other routes are not', async () => {
    const service = await limited()
    const lines = [
      'POST /login',
      'POST /auth',
      'GET /auth?code=x',
      'POST /wx/onlogin',
      'POST /login',
    ]
    for (const line of [...lines, ...lines]) expect((await ask(service, { line })).status).toBe(400)
    for (const line of lines) expect((await ask(service, { line })).status).toBe(429)
    const auth = await ask(service, { line: 'GET /auth?code=x' })
    expect(JSON.parse(auth.text)).toEqual({ code: 'rate_limited', message: expect.any(String) })
    expect(auth.headers['retry-after']).toMatch(/^\d+$/)
    expect((await ask(service, { line: 'GET /checklogin' })).status).toBe(200)
    expect((await ask(service, { line: 'GET /livez' })).status).toBe(200)
  })

  test('do not use up what another address may', async () => {
    const service = await limited()
    expect(await countPassed(service, 20, () => ({ from: '127.0.0.2' }))).toBe(10)
    expect(await countPassed(service, 5, () => ({ from: '127.0.0.3' }))).toBe(5)
  })

  test('pass again when the minute is over, though the clock was set back', async () => {
    const service = await limited()
    const now = Math.ceil(performance.now())
    const time = jest.spyOn(performance, 'now').mockReturnValue(now)
    for (let i = 0; i < 10; i++) expect((await ask(service)).status).toBe(400)
    service.clock.advance(-86_400)
    time.mockReturnValue(now + 30_000)
    const halfway = await ask(service)
    expect([halfway.status, halfway.headers['retry-after']]).toEqual([429, '30'])
    time.mockReturnValue(now + 59_999)
    expect((await ask(service)).status).toBe(429)
    time.mockReturnValue(now + 60_000)
    expect((await ask(service)).status).toBe(400)
  })

  test('are not told apart by anything that a client makes up', async () => {
    const service = await limited()
    const made = (i: number) => ({
      headers: {
        'X-Forwarded-For': `198.18.${i >> 8}.${i & 255}`,
        'X-Real-IP': `203.0.113.${i}`,
        'CF-Connecting-IP': `203.0.113.${i}`,
        'True-Client-IP': `203.0.113.${i}`,
        Forwarded: `for=203.0.113.${i}`,
        'X-Client-IP': `203.0.113.${i}`,
        'User-Agent': `client ${i}`,
        openid: `victim ${i}`,
      },
    })
    // The windows follow the uptime, which stands still so that no minute ends in the middle.
    jest.spyOn(performance, 'now').mockReturnValue(Math.ceil(performance.now()))
    let passed = 0
    for (let i = 0; i < 5; i++) passed += await countPassed(service, 200, j => made(200 * i + j))
    expect(passed).toBe(10)
    const ips = service.requestLines.map(line => JSON.parse(line).ip)
    expect(new Set(ips)).toEqual(new Set(['127.0.0.1']))
  })

  test('are told apart by X-Forwarded-For where the peer is a proxy that we trust', async () => {
    for (const trustProxy of [1, ['127.0.0.0/8'], ['loopback']]) {
      const service = await limited({ trustProxy })
      const behind = (i: number) => ({ headers: { 'X-Forwarded-For': `203.0.113.${i % 3}` } })
      expect(await countPassed(service, 60, behind)).toBe(30)
      const ips = new Set(service.requestLines.map(line => JSON.parse(line).ip))
      expect(ips).toEqual(new Set(['203.0.113.0', '203.0.113.1', '203.0.113.2']))
    }
  })

  test('are known by what our proxy adds, not by what the client wrote before it', async () => {
    for (const trustProxy of [1, ['127.0.0.0/8']]) {
      const service = await limited({ trustProxy })
      const spoofed = (i: number) => ({
        headers: { 'X-Forwarded-For': `198.51.100.${i}, 203.0.113.7` },
      })
      expect(await countPassed(service, 60, spoofed)).toBe(10)
    }
  })

  test('are known by the peer where it is not on the list of proxies', async () => {
    const service = await limited({ trustProxy: ['10.0.0.0/8', '::1/128'] })
    const spoofed = (i: number) => ({ headers: { 'X-Forwarded-For': `203.0.113.${i}` } })
    expect(await countPassed(service, 60, spoofed)).toBe(10)
  })

  test('are known without the port that some proxies add', async () => {
    const service = await limited({ trustProxy: 1 })
    const withPort = (i: number) => ({ headers: { 'X-Forwarded-For': `203.0.113.7:${4000 + i}` } })
    expect(await countPassed(service, 60, withPort)).toBe(10)
  })

  test('without a limit all pass', async () => {
    const service = await limited({ rateLimit: 'off' })
    expect(await countPassed(service, 60, () => ({}))).toBe(60)
  })
})
