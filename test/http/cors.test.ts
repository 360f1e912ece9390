import type { ServerResponse } from 'node:http'
import { createCors } from '../../src/http/cors'
import type { Route } from '../../src/http/route'
import { ROUTES } from '../../src/http/routes'
import { PRIVATE_KEY } from '../support/private-keys'
import { HOSTS, INTERNAL_TOKEN, type Service, startService } from '../support/service'

const PAGE = 'https://h5.example.com'
const OTHERS = [
  'https://evil.example',
  'https://h5.example.com.evil.example',
  'http://h5.example.com',
  'https://h5.example.com:8443',
  'https://H5.example.com',
  'null',
  '*',
]
const preflight = (origin = PAGE, method = 'GET') => ({
  Origin: origin,
  'Access-Control-Request-Method': method,
  'Access-Control-Request-Headers': 'authorization',
})
const ofCors = (headers: Readonly<Record<string, string>>) =>
  Object.keys(headers).filter(name => /^access-control/.test(name))

describe.each(HOSTS)('%s', host => {
  let service: Service
  beforeAll(async () => {
    service = await startService({
      host,
      corsOrigins: [PAGE, 'http://localhost:8080'],
      tokenHeaders: ['X-Access-Token'],
      rateLimit: 600,
    })
  })
  afterAll(() => service.close())
  const at = (path: string) => service.prefix + path

  const expectAllowed = (headers: Record<string, string>, origin = PAGE) => {
    expect(headers['access-control-allow-origin']).toBe(origin)
    expect(headers.vary?.split(', ').filter(name => name === 'Origin')).toEqual(['Origin'])
    expect(headers['access-control-expose-headers']).toBe(
      'X-Login-Token, X-Login-Expires-In, X-Login-New-User, X-Login-Error, X-Request-Id, Retry-After',
    )
    // No cookie is ever read.
    expect(headers).not.toHaveProperty('access-control-allow-credentials')
  }

  test('every answer to an allowed page says so, refusals too', async () => {
    const { token } = await service.logIn()
    const { http, simulator } = service
    simulator.fail({ errcode: 45011 })
    const code = simulator.mintCode()
    const answers: [number, PromiseLike<{ status: number; headers: Record<string, string> }>][] = [
      [200, http.get(at('/me')).set({ Origin: PAGE, token })],
      [503, http.post(at('/login')).set('Origin', PAGE).send({ code })],
      [400, http.post(at('/login')).set('Origin', PAGE)],
      [401, http.get(at('/me')).set('Origin', PAGE)],
      [401, http.get(at('/verify')).set('Origin', PAGE)],
      [405, http.delete(at('/login')).set('Origin', PAGE)],
      [415, http.post(at('/login')).set('Origin', PAGE).type('text').send('x')],
      [400, http.get(at('/auth')).set('Origin', PAGE)],
      [200, http.get(at('/checklogin')).set('Origin', PAGE)],
      [200, http.get(at('/livez')).set('Origin', PAGE)],
    ]
    for (const [status, asking] of answers) {
      const answer = await asking
      expect(answer.status).toBe(status)
      expectAllowed(answer.headers)
    }
    const local = 'http://localhost:8080'
    expectAllowed((await http.get(at('/livez')).set('Origin', local)).headers, local)
  })

  test('the login inside a first request can be read by the page', async () => {
    const asked = { Origin: PAGE, 'X-WX-Code': service.simulator.mintCode() }
    const { headers } = await service.http.get(at('/me')).set(asked).expect(200)
    expectAllowed(headers)
    expect(headers['x-login-token']).toEqual(expect.any(String))
  })

  const isForServers = ({ guard, isForGateways, needs }: Route) =>
    guard === 'internal' || isForGateways || needs === 'publicKeys'
  const paths = (keep: (route: Route) => unknown) => [
    ...new Set(ROUTES.filter(keep).map(({ path }) => path.replace(':id', 'x'))),
  ]

  test.each(paths(route => !isForServers(route)))('a preflight of %s is 204', async path => {
    const { status, headers, text } = await service.http.options(at(path)).set(preflight())
    expect([status, text]).toEqual([204, ''])
    expectAllowed(headers)
    const methods = ROUTES.filter(route => route.path.replace(':id', 'x') === path)
    const allowed = headers['access-control-allow-methods']?.split(', ')
    expect(allowed).toEqual(expect.arrayContaining(methods.flatMap(route => route.methods)))
    expect(headers['access-control-allow-headers']).toBe(
      'Authorization, Content-Type, Idempotency-Key, X-WX-Code, x-access-token',
    )
    expect(headers['access-control-max-age']).toBe('600')
    expect(headers['cache-control']).toBe('no-store')
  })

  test.each(paths(isForServers))('%s answers no preflight', async path => {
    const { status, headers } = await service.http.options(at(path)).set(preflight())
    expect(status).not.toBe(204)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(headers).not.toHaveProperty('access-control-allow-methods')
    expect(headers).not.toHaveProperty('access-control-allow-headers')
  })

  test('OPTIONS that is no preflight is refused as any other method', async () => {
    await service.http.options(at('/me')).set('Origin', PAGE).expect(405)
    await service.http.options(at('/me')).expect(405)
  })

  test.each(OTHERS)('any other origin gets nothing of it: %s', async origin => {
    for (const path of paths(() => true)) {
      const { status, headers } = await service.http.options(at(path)).set(preflight(origin))
      expect(status).toBeGreaterThanOrEqual(400)
      expect(ofCors(headers)).toEqual([])
      const asked = { Origin: origin, 'X-Internal-Token': INTERNAL_TOKEN }
      expect(ofCors((await service.http.get(at(path)).set(asked)).headers)).toEqual([])
    }
  })

  test('a request without an origin, as mini programs send it, gets nothing of it either', async () => {
    const { headers } = await service.http.get(at('/livez'))
    expect(ofCors(headers)).toEqual([])
    expect(headers.vary).toBe('Origin')
  })

  test('a page may read why its code was refused', async () => {
    const asked = { Origin: PAGE, 'X-WX-Code': 'nonsense' }
    const { headers } = await service.http.get(at('/me')).set(asked).expect(400)
    expectAllowed(headers)
    expect(headers['x-login-error']).toBe('code_invalid')
  })

  test.each(['/nowhere', '/hello'])('a path that is not ours: %s', async path => {
    const { headers } = await service.http.get(path).set('Origin', PAGE)
    if (host === 'standalone') expectAllowed(headers)
    // The host's own routes are its own matter.
    else expect(headers).not.toHaveProperty('access-control-allow-origin')
  })
})

test('without origins there is nothing to ask', () => {
  expect(createCors({ corsOrigins: [], tokenHeaders: [] })).toBeUndefined()
})

describe.each(HOSTS)('the public keys, which may be cached (%s)', host => {
  let service: Service
  beforeAll(async () => {
    service = await startService({ host, corsOrigins: [PAGE], jwtPrivateKey: PRIVATE_KEY })
  })
  afterAll(() => service.close())

  test.each(['', PAGE, 'https://evil.example'])(
    'are one copy for each origin: %j',
    async origin => {
      const asking = service.http.get(`${service.prefix}/.well-known/jwks.json`)
      const { headers } = await (origin ? asking.set('Origin', origin) : asking).expect(200)
      expect(headers).toMatchObject({ vary: 'Origin', 'cache-control': 'public, max-age=300' })
    },
  )
})

test.each([
  [undefined, 'Origin'],
  ['Accept-Encoding', 'Accept-Encoding, Origin'],
  [['Accept', 'Accept-Encoding'], 'Accept, Accept-Encoding, Origin'],
  ['accept, origin', 'accept, origin'],
  ['*', '*'],
])('what a host says the answer varies by stays: %j becomes %j', (before, after) => {
  let vary: unknown = before
  const res = {
    getHeader: (name: string) => (name === 'Vary' ? vary : undefined),
    setHeader: (name: string, value: string) => {
      if (name === 'Vary') vary = value
    },
  } as unknown as ServerResponse
  const cors = createCors({ corsOrigins: [PAGE], tokenHeaders: [] })
  cors?.allow({ headers: { origin: PAGE } } as never, res, () => {})
  expect(vary).toBe(after)
})
