import fc from 'fast-check'
import { addressKey } from '../../src/http/rate-limit'
import { type Service, type ServiceOptions, startService } from '../support/service'
import { exchange, request } from './raw-socket'

describe('the limiter knows a subscriber by', () => {
  test('the whole of an IPv4 address', () => {
    expect(addressKey('203.0.113.9')).toBe('203.0.113.9')
    expect(addressKey('203.0.113.9')).not.toBe(addressKey('203.0.113.10'))
  })

  test('the same IPv4 address where it is mapped into IPv6, however that is written', () => {
    for (const mapped of [
      ...['::ffff:203.0.113.9', '::FFFF:203.0.113.9', '::ffff:cb00:7109', '::FFFF:CB00:7109'],
      ...['0:0:0:0:0:ffff:203.0.113.9', '0000:0000:0000:0000:0000:ffff:cb00:7109'],
    ]) {
      expect([mapped, addressKey(mapped)]).toEqual([mapped, '203.0.113.9'])
    }
  })

  test('the first 64 bits of an IPv6 address, however it is written', () => {
    const same = [
      ...['2001:db8:1:2::', '2001:db8:1:2::1', '2001:DB8:1:2:ffff:ffff:ffff:ffff'],
      ...['2001:0db8:0001:0002:0000:0000:0000:0001', '2001:db8:1:2:3:4:203.0.113.9'],
    ]
    expect(new Set(same.map(addressKey)).size).toBe(1)
    const others = [
      '2001:db8:1:3::1',
      '2001:db8:1::1',
      '2001:db8::2:0:0:0:1',
      '::1',
      '::',
      'fe80::1',
    ]
    expect(new Set([...same, ...others].map(addressKey)).size).toBe(6)
    expect(addressKey('fe80::1%eth0')).toBe(addressKey('fe80::2%eth1'))
  })

  test('a key that depends on those 64 bits alone', () => {
    const hex = fc.integer({ min: 1, max: 0xffff }).map(n => n.toString(16))
    const half = fc.tuple(hex, hex, hex, hex).map(groups => groups.join(':'))
    fc.assert(
      fc.property(half, half, half, (network, one, two) => {
        expect(addressKey(`${network}:${one}`)).toBe(addressKey(`${network}:${two}`))
        expect(addressKey(`${network}:${one}`)).toBe(network)
      }),
    )
  })

  test('any text at all, without a fault', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.ipV6(), fc.ipV4())
    fc.assert(fc.property(text, address => typeof addressKey(address) === 'string'))
  })
})

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
        'X-Forwarded-For': `203.0.113.${i}`,
        'X-Real-IP': `203.0.113.${i}`,
        'CF-Connecting-IP': `203.0.113.${i}`,
        'True-Client-IP': `203.0.113.${i}`,
        Forwarded: `for=203.0.113.${i}`,
        'X-Client-IP': `203.0.113.${i}`,
        'User-Agent': `client ${i}`,
        openid: `victim ${i}`,
      },
    })
    expect(await countPassed(service, 200, made)).toBe(10)
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
