import { SIMULATOR_APP } from '../../src/simulator/index'
import { INTERNAL_TOKEN, type Service, startService } from '../support/service'
import { envelope, exchange, type RawAnswer, request } from './raw-socket'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND']

/** What each path takes. */
const PATHS: Record<string, readonly string[]> = {
  '/login': ['POST'],
  '/checklogin': ['GET', 'HEAD', 'POST'],
  '/refresh': ['POST'],
  '/logout': ['POST'],
  '/me': ['GET', 'HEAD', 'PUT'],
  '/verify': METHODS,
  '/verify/orders/7': METHODS,
  '/decrypt': ['POST'],
  '/phone': ['POST'],
  '/checksession': ['POST'],
  '/metrics': ['GET', 'HEAD'],
  '/internal/access-token': ['GET', 'HEAD'],
  '/livez': ['GET', 'HEAD'],
  '/healthz': ['GET', 'HEAD'],
  '/readyz': ['GET', 'HEAD'],
  '/auth': ['GET', 'POST'],
  '/isAuth': ['POST'],
  '/wx/onlogin': ['POST'],
}

async function ask(line: string, headers: Record<string, string> = {}): Promise<RawAnswer> {
  const [answer] = (await exchange(service.port, request(line, headers))).answers
  if (!answer) throw new Error(`no answer to ${line}`)
  return answer
}

describe.each(Object.entries(PATHS))('%s', (path, allowed) => {
  test.each(METHODS.filter(method => method !== 'HEAD'))('and %s', async method => {
    const answer = await ask(`${method} ${path}`)
    if (allowed.includes(method)) {
      expect([200, 204, 400, 401]).toContain(answer.status)
      expect(answer.headers).not.toHaveProperty('allow')
      return
    }
    expect(answer.status).toBe(405)
    expect(answer.headers.allow?.split(', ').sort()).toEqual([...allowed].sort())
    const body = JSON.parse(answer.text)
    if (path === '/auth') {
      expect(body).toEqual({ code: 'method_not_allowed', message: expect.any(String) })
    } else {
      expect(body).toEqual(envelope('method_not_allowed', answer))
    }
  })

  test('and HEAD', async () => {
    const { status, headers, text } = await service.http.head(path)
    expect(text ?? '').toBe('')
    if (allowed.includes('HEAD')) expect([200, 204, 401]).toContain(status)
    else expect([status, headers.allow?.split(', ').sort()]).toEqual([405, [...allowed].sort()])
  })
})

describe('a path that is not there', () => {
  test.each([
    ...['/', '/nowhere', '/login/x', '/loginx', '/../login', '//login', '/me/../livez', '/.env'],
    ...['/login%00', '/login%2F', '/%6c%6fgin', '/__proto__', '/constructor', '/node_modules/'],
    ...[
      '*',
      'http://example.invalid/nowhere',
      '/login;x=1',
      '/login.json',
      '/%20',
      '/package.json',
    ],
  ])('is 404 in our error shape to every method: %s', async path => {
    for (const method of METHODS.filter(name => name !== 'HEAD')) {
      const answer = await ask(`${method} ${path}`)
      expect([method, answer.status]).toEqual([method, 404])
      expect(JSON.parse(answer.text)).toEqual(envelope('not_found', answer))
    }
  })

  test.each(['/%E0%A4%A', '/%', '/login%', '/%zz', '/me%ff', '/%c0%af'])(
    'and cannot be decoded is 400 in our error shape: %s',
    async path => {
      const answer = await ask(`GET ${path}`)
      expect(answer.status).toBe(400)
      expect(JSON.parse(answer.text)).toEqual(envelope('invalid_request', answer))
    },
  )
})

describe('the query', () => {
  test('is no place for two values of one name', async () => {
    const { token } = await service.logIn()
    const before = service.simulator.calls.length
    for (const path of ['/auth?code=a&code=b', '/auth?code=a&code=a', '/auth?code=&code=b']) {
      const { body } = await service.http.get(path).expect(400)
      expect(body.code).toBe('invalid_request')
    }
    await service.http.post('/wx/onlogin?code=a&code=b').expect(400)
    await service.http.get('/auth?code=a&appid=b&appid=c').expect(400)
    const { body } = await service.http.get(`/checklogin?token=${token}&token=${token}`).expect(200)
    expect(body).toMatchObject({ is_login: false, reason: 'token_invalid' })
    expect(service.simulator.calls).toHaveLength(before)
  })

  test('has no arrays and no objects', async () => {
    const before = service.simulator.calls.length
    const names = [
      'code[]',
      'code[0]',
      'code[x]',
      'code.x',
      'code%5B%5D',
      '__proto__[code]',
      'Code',
    ]
    for (const name of names) {
      const { body } = await service.http.get(`/auth?${name}=abc`).expect(400)
      expect([name, body.code]).toEqual([name, 'code_missing'])
    }
    expect(service.simulator.calls).toHaveLength(before)
  })

  test('may hold anything else, and none of it matters', async () => {
    const queries = [
      '%',
      '%E0%A4%A',
      '&&&',
      '=',
      '?',
      '[',
      '__proto__=1',
      'a=%00',
      'x'.repeat(8000),
    ]
    for (const query of queries) {
      await service.http.get(`/livez?${query}`).expect(200)
      const { body } = await service.http.get(`/checklogin?${query}`).expect(200)
      expect(body.reason).toBe('token_missing')
    }
  })

  test('does not log anybody in at /login', async () => {
    const code = service.simulator.mintCode()
    const { body } = await service.http.post(`/login?code=${code}`).expect(400)
    expect(body.error).toBe('code_missing')
  })
})

test('a GET has no body: what stands there is not read', async () => {
  const { token } = await service.logIn()
  const sent = (line: string, body: string) =>
    request(line, { 'Content-Type': 'application/json', 'Content-Length': body.length }, body)
  const check = sent('GET /checklogin', JSON.stringify({ token }))
  const [answer] = (await exchange(service.port, check)).answers
  expect(JSON.parse(answer?.text ?? '')).toMatchObject({ reason: 'token_missing' })
  const auth = sent('GET /auth', JSON.stringify({ code: service.simulator.mintCode() }))
  const [refused] = (await exchange(service.port, auth)).answers
  expect(JSON.parse(refused?.text ?? '')).toMatchObject({ code: 'code_missing' })
})

describe('headers', () => {
  const CONNECTION = ['connection', 'date', 'keep-alive']
  const ALWAYS = ['cache-control', 'x-content-type-options', 'x-request-id']
  const BODY = ['content-length', 'content-type']
  const OF_VERIFY = ['x-appid', 'x-openid', 'x-unionid', 'x-user-id']

  const cases: [status: number, name: string, line: string, also: string[], sent?: object][] = [
    [200, 'livez', 'GET /livez', BODY],
    [200, 'checklogin', 'GET /checklogin', BODY],
    [200, 'isAuth', 'POST /isAuth', BODY],
    [400, 'code_missing', 'POST /login', BODY],
    [400, 'code_missing of an alias', 'GET /auth', BODY],
    [400, 'Expect', 'GET /livez', BODY, { Expect: 'x' }],
    [401, 'token_missing', 'GET /me', [...BODY, 'www-authenticate']],
    [401, 'token_invalid', 'GET /me', [...BODY, 'www-authenticate'], { token: 'x' }],
    [
      ...([401, 'verify', 'GET /verify'] as const),
      [...BODY, ...OF_VERIFY, 'www-authenticate', 'x-login-error'],
      { token: 'x' },
    ],
    [404, 'not_found', 'GET /nowhere', BODY],
    [405, 'method_not_allowed', 'TRACE /login', [...BODY, 'allow']],
  ]
  test.each(cases)('of %i, %s', async (status, _name, line, also, sent = {}) => {
    const answer = await ask(line, { Origin: 'https://evil.example', ...sent })
    expect(answer.status).toBe(status)
    expect(Object.keys(answer.headers).sort()).toEqual([...CONNECTION, ...ALWAYS, ...also].sort())
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'content-length': String(Buffer.byteLength(answer.text)),
    })
  })

  test('of an empty 200 name the user and nothing that only a gateway may see', async () => {
    const { token } = await service.logIn()
    const { headers } = await ask('GET /verify', { token })
    const names = [...CONNECTION, ...ALWAYS, 'content-length', ...OF_VERIFY]
    expect(Object.keys(headers).sort()).toEqual(names.sort())
    expect([headers['x-openid'], headers['x-unionid']]).toEqual(['', ''])
  })

  test('of a refusal by /verify name the error, for a gateway that sees no body', async () => {
    const { headers } = await ask('GET /verify')
    expect(headers['x-login-error']).toBe('token_missing')
  })

  test('of 413 and 415 say that the connection ends', async () => {
    for (const sent of [
      { 'Content-Length': '99999', 'Content-Type': 'application/json' },
      { 'Content-Length': '9', 'Content-Type': 'text/plain' },
    ]) {
      const { headers } = await ask('POST /login', sent)
      const names = [...ALWAYS, ...BODY, 'connection', 'date']
      expect(Object.keys(headers).sort()).toEqual(names.sort())
      expect(headers.connection).toBe('close')
    }
  })

  test('allow no other origin, also where a browser asks first', async () => {
    const origin = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' }
    for (const path of [...Object.keys(PATHS), '/nowhere']) {
      for (const method of ['OPTIONS', 'GET', 'POST']) {
        const { headers } = await ask(`${method} ${path}`, origin)
        expect(Object.keys(headers).filter(name => /^access-control|^vary$/.test(name))).toEqual([])
      }
    }
  })

  test('give a request an id of its own, whatever a stranger asks for', async () => {
    for (const id of [
      'gateway-1.2_3',
      'short',
      'a b c d e f',
      'x'.repeat(65),
      '<script>alert</script>',
      'é'.repeat(9),
    ]) {
      const { headers } = await ask('GET /livez', { 'X-Request-Id': id })
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    }
  })
})

describe('limits', () => {
  let limited: Service
  beforeEach(async () => {
    limited = await startService({ rateLimit: 2, simulator: service.simulator })
  })
  afterEach(() => limited.close())

  test('of routes that ask WeChat are not used up by those who are not logged in', async () => {
    const { token } = await limited.logIn()
    for (let i = 0; i < 5; i++) await limited.http.post('/checksession').expect(401)
    await limited.http.post('/checksession').set({ token }).expect(200)
  })

  test('do not count a body that is no JSON: nothing was asked for', async () => {
    const broken = () => limited.http.post('/login').type('json').send('{')
    for (let i = 0; i < 5; i++) await broken().expect(400)
    await limited.logIn()
  })

  test('of the internal routes count after the credential was looked at', async () => {
    const ask = () => limited.http.get(`/internal/access-token?appid=${SIMULATOR_APP.appid}`)
    for (let i = 0; i < 120; i++) await ask().expect(401)
    await ask().expect(429)
    await ask().set('X-Internal-Token', INTERNAL_TOKEN).expect(200)
  })
})

test('a route’s refusal is told once, whoever refused, and another method’s is not', async () => {
  const told = () => service.logLines.filter(({ event }) => event === 'access_token.given').length
  const before = told()
  await service.http.get('/internal/access-token').expect(401)
  await service.http.post('/internal/access-token').expect(405)
  expect(told()).toBe(before + 1)
})
