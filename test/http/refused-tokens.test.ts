import { createRefusedTokens } from '../../src/http/refused-tokens'
import { createMemoryStore } from '../../src/store/memory/memory-store'
import { ORIGIN, startParts } from '../login/parts'
import { createClient } from '../support/client'
import { type Service, type ServiceOptions, startService } from '../support/service'
import { decode, signed } from '../token/forge'

describe('counted by itself', () => {
  afterEach(() => void jest.restoreAllMocks())

  const codesOf = (
    count: ReturnType<typeof createRefusedTokens>,
    shown: Parameters<typeof count>[0],
    times = 10,
  ) => Array.from({ length: times }, () => count(shown)?.code)

  test('a forged token counts against the address, of which IPv6 has the first 64 bits', () => {
    const count = createRefusedTokens(2)
    const refused = [undefined, undefined, 'rate_limited']
    expect(codesOf(count, { ip: '203.0.113.1' }, 3)).toEqual(refused)
    expect(codesOf(count, { ip: '203.0.113.2' }, 3)).toEqual(refused)
    expect(count({ ip: '2001:db8:1:2::1' })).toBeUndefined()
    expect(codesOf(count, { ip: '2001:db8:1:2::2' }, 2)).toEqual([undefined, 'rate_limited'])
  })

  test('a token that we signed counts against its session, and not against the address', () => {
    const count = createRefusedTokens(2)
    codesOf(count, { ip: '203.0.113.1' }, 100)
    expect(codesOf(count, { ip: '203.0.113.1', sessionId: 's1' }, 3)).toEqual([
      ...[undefined, undefined, 'rate_limited'],
    ])
    expect(count({ ip: '203.0.113.1', sessionId: 's2' })).toBeUndefined()
  })

  test('who has no address, such as a caller of the library, is not counted', () => {
    expect(codesOf(createRefusedTokens(2), {})).toEqual(Array(10).fill(undefined))
  })

  test('10,000 of them: 100 are refused by themselves, all others are limited, and no store is asked', async () => {
    const store = createMemoryStore()
    const { identify, login } = startParts({
      ...{ store, countRefusedToken: createRefusedTokens(100) },
    })
    const { token } = await login({ code: 'victim' }, ORIGIN)
    const { header, payload } = decode(token)
    const reads = jest.spyOn(store.sessions, 'find')
    const found: Record<string, number> = {}
    for (let i = 0; i < 10_000; i++) {
      const shown = signed(header, { ...payload, exp: Number(payload.exp) + i }, 'not the key')
      const { code } = await identify({ token: shown }, { origin: ORIGIN }).catch(error => error)
      found[code] = (found[code] ?? 0) + 1
    }
    expect(found).toEqual({ token_invalid: 100, rate_limited: 9900 })
    expect(reads).not.toHaveBeenCalled()
    const { session } = await identify({ token }, { origin: ORIGIN })
    expect(session.openid).toBe('openid-of-victim')
  })

  test('off counts nothing', () => {
    expect(codesOf(createRefusedTokens('off'), { ip: '203.0.113.1' })).toEqual(
      Array(10).fill(undefined),
    )
  })
})

describe('forged tokens from one address', () => {
  let service: Service
  let token: string
  async function start(options: ServiceOptions = {}) {
    service = await startService({ rateLimit: 100, ...options })
    // The windows follow the uptime, which stands still so that no minute ends in the middle.
    jest.spyOn(performance, 'now').mockReturnValue(Math.ceil(performance.now()))
    token = (await service.logIn('victim')).token
  }
  afterEach(async () => {
    jest.restoreAllMocks()
    await service.close()
  })

  const bearer = (value: string) => ({ Authorization: `Bearer ${value}` })
  /** A token that names the victim and its session, signed with another key. */
  function forged(i: number): string {
    const { header, payload } = decode(token)
    return signed(header, { ...payload, exp: Number(payload.exp) + i }, 'not the key')
  }

  test('300 of them: the first 100 are 401, all others 429, and the victim’s own token is served', async () => {
    await start()
    const client = createClient(`http://127.0.0.1:${service.port}`)
    const found: Record<string, number> = {}
    const guess = async (_: unknown, i: number) => {
      const { status } = await client.ask('GET', '/me', { token: forged(i) })
      found[status] = (found[status] ?? 0) + 1
    }
    await Promise.all(Array.from({ length: 300 }, guess))
    expect(found).toEqual({ 401: 100, 429: 200 })
    const { body } = await client.ask('GET', '/checklogin', { token })
    expect(body.is_login).toBe(true)
    expect((await client.ask('GET', '/me', { token })).status).toBe(200)
    client.close()
  })

  test('are counted together wherever they are shown, and each place says 429', async () => {
    await start({ rateLimit: 10 })
    const { http } = service
    const bad = forged(1)
    const places = () => [
      http.get('/me').set(bearer(bad)),
      http.post('/refresh').set('token', bad),
      http.get('/verify').set('sessionid', bad),
      http.get('/checklogin').set(bearer(bad)),
      http.get(`/checklogin?token=${bad}`),
      http.post('/checklogin').send({ token: bad }),
      http.post('/isAuth').send({ token: bad }),
    ]
    for (let i = 0; i < 10; i++) await http.get('/me').set(bearer(bad)).expect(401)
    for (const place of places()) {
      const { status, body, headers } = await place
      expect([status, body.error, body.is_login]).toEqual([429, 'rate_limited', undefined])
      expect(headers['retry-after']).toBe('60')
    }
    const { headers } = await http.get('/verify').set('token', bad).expect(429)
    expect(headers['x-login-error']).toBe('rate_limited')
  })

  test.each([
    ['/checklogin', 200, 'token_invalid'],
    ['/verify', 401, undefined],
    ['/isAuth', 200, undefined],
  ])('%s alone counts them, too', async (path, status, reason) => {
    await start({ rateLimit: 3 })
    const ask = () =>
      path === '/isAuth'
        ? service.http.post(path).send({ token: forged(1) })
        : service.http.get(path).set(bearer(forged(1)))
    for (let i = 0; i < 3; i++) expect((await ask().expect(status)).body.reason).toBe(reason)
    await ask().expect(429)
  })

  test('keep nobody at that address from logging in, out, and from renewing', async () => {
    await start({ rateLimit: 3 })
    for (let i = 0; i < 20; i++) await service.http.get('/me').set(bearer(forged(i)))
    const other = await service.logIn('neighbour')
    const renewed = await service.http.post('/refresh').set('token', other.token).expect(200)
    await service.http.post('/logout').set('token', renewed.body.token).expect(200)
    // A token that we signed goes on hearing why it does not hold: the client logs in by it.
    const { body } = await service.http.get('/me').set('token', other.token).expect(401)
    expect(body.error).toBe('session_ended')
    service.clock.advance(7201)
    const expired = await service.http.get('/checklogin').set(bearer(token)).expect(200)
    expect(expired.body.reason).toBe('token_expired')
  })

  test('one of our own tokens that does not hold any more is limited by itself', async () => {
    await start({ rateLimit: 3 })
    const other = await service.logIn('neighbour')
    for (const each of [token, other.token]) {
      await service.http.post('/logout').set('token', each).expect(200)
      for (let i = 0; i < 3; i++) await service.http.get('/me').set('token', each).expect(401)
      await service.http.get('/me').set('token', each).expect(429)
    }
  })

  test('a request without a token is none of them', async () => {
    await start({ rateLimit: 3 })
    for (let i = 0; i < 20; i++) await service.http.get('/me').expect(401)
  })

  test('each is told as a refused token, with the limit as the reason of a 429', async () => {
    await start({ rateLimit: 1 })
    const before = service.logLines.length
    for (let i = 0; i < 3; i++) await service.http.get('/me').set(bearer(forged(i)))
    const told = service.logLines.slice(before).map(({ event, fields }) => [event, fields.error])
    expect(told).toEqual([
      ['token.refused', 'token_invalid'],
      ['token.refused', 'rate_limited'],
      ['token.refused', 'rate_limited'],
    ])
    expect(service.logLines.at(-1)?.fields.reason).toBe('token')
  })

  test('a guard of a host’s own route counts them too, behind whatever path it is mounted', async () => {
    await start({
      host: 'Express 5, mounted',
      rateLimit: 2,
      routes: (app, login) => void app.get('/own', login.required, (_req, res) => void res.end()),
    })
    for (let i = 0; i < 2; i++)
      await service.http
        .get('/own')
        .set(bearer(forged(i)))
        .expect(401)
    await service.http
      .get('/own')
      .set(bearer(forged(3)))
      .expect(429)
    await service.http.get('/own').set(bearer(token)).expect(200)
  })

  test('are not limited where RATE_LIMIT is off', async () => {
    await start({ rateLimit: 'off' })
    for (let i = 0; i < 150; i++)
      await service.http
        .get('/me')
        .set(bearer(forged(i)))
        .expect(401)
  })
})
