import { isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { JWT_SECRET, OTHER_APP, type Service, startService } from '../support/service'
import { exchange, request } from './raw-socket'

let service: Service
beforeEach(async () => {
  service = await startService({ trustProxy: 1 })
})
afterEach(() => service.close())

/** The lines that these requests left, each parsed. */
async function linesOf(...sent: (string | Buffer)[]): Promise<Record<string, unknown>[]> {
  const from = service.requestLines.length
  for (const bytes of sent) await exchange(service.port, bytes)
  return service.requestLines.slice(from).map(line => JSON.parse(line))
}

test('each request leaves one line: when, who, what, how it ended', async () => {
  const { token } = await service.logIn('alice')
  const { body: me } = await service.http.get('/me').set('token', token)
  const [login, read] = service.requestLines.map(line => JSON.parse(line))
  const common = {
    time: '2026-01-02T03:04:05.000Z',
    level: 'info',
    event: 'request',
    outcome: 'success',
    status: 200,
    request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    pid: process.pid,
    duration_ms: expect.any(Number),
    appid: 'wx0000000000000000',
    user: me.id,
    ip: '127.0.0.1',
  }
  expect(login).toEqual({ ...common, method: 'POST', path: '/login' })
  expect(read).toEqual({ ...common, method: 'GET', path: '/me' })
  expect(service.requestLines).toHaveLength(2)
})

test('a failure’s line names the error, and the id that the caller was given', async () => {
  const code = 'z'.repeat(32)
  const refused = await service.http.post('/login').send({ code }).expect(400)
  await service.http.get('/me').expect(401)
  await service.http.get('/nowhere').expect(404)
  await service.http.delete('/login').expect(405)
  await service.http.post('/login').type('json').send('{').expect(400)
  const lines = service.requestLines.map(line => JSON.parse(line))
  expect(lines.map(({ status, error, outcome }) => [status, error, outcome])).toEqual([
    [400, 'code_invalid', 'failure'],
    [401, 'token_missing', 'failure'],
    [404, 'not_found', 'failure'],
    [405, 'method_not_allowed', 'failure'],
    [400, 'invalid_json', 'failure'],
  ])
  expect(lines[0]).toMatchObject({
    wx_errcode: 40029,
    event: 'request',
    request_id: refused.body.request_id,
  })
})

describe('one request never leaves two lines', () => {
  const HOSTILE = [
    ...[
      'a\x80b',
      'a\x85b',
      'a\x9b31mred',
      'a\x9d0;title\x9c',
      '\xe2\x80\xa8',
      '\xc2\x85',
      '\xff\xfe',
    ],
    ...[
      '"},{"event":"login"',
      '\\"',
      '\\n',
      '\\u000a',
      '%0d%0a',
      '%1b[31m',
      `$${'{jndi:ldap://x}'}`,
    ],
    ...['\t', "'; DROP TABLE users; --", '<script>alert(1)</script>', '{{7*7}}', '\\', '"', 'é中'],
    ...['x'.repeat(4000), '"'.repeat(4000), '\\'.repeat(4000), '\xff'.repeat(1000)],
  ]
  test.each(HOSTILE.map(text => [JSON.stringify(text).slice(0, 40), text]))(
    'for %s',
    async (_, text) => {
      const latin = Buffer.from(text, 'utf8').toString('latin1')
      const lines = await linesOf(
        request('GET /checklogin', { 'User-Agent': latin }),
        request('GET /checklogin', { 'X-Forwarded-For': latin }),
        request('GET /checklogin', { 'X-Request-Id': latin }),
        request('GET /checklogin', { Referer: latin, Origin: latin, Host: 'x', Cookie: latin }),
        request('GET /me', { Authorization: `Basic ${latin}` }),
        request('GET /me', { token: latin }),
        request(`GET /${encodeURIComponent(text).slice(0, 4000)}`),
        request(`GET /checklogin?${encodeURIComponent(text).slice(0, 4000)}`),
      )
      expect(lines).toHaveLength(8)
      for (const line of service.requestLines) {
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
        expect(JSON.stringify({ ...JSON.parse(line), ip: '' }).length).toBeLessThan(1500)
      }
    },
  )

  test('and a line break in a header is refused or no part of a line', async () => {
    for (const breaks of ['\r', '\n', '\r\n', '\0', '\x1b[2K', '\x7f', '\v', '\f']) {
      const lines = await linesOf(request('GET /checklogin', { 'User-Agent': `a${breaks}b: c` }))
      expect(lines.length).toBeLessThanOrEqual(1)
      for (const line of service.requestLines) expect(line).not.toMatch(/\p{Cc}/u)
    }
  })

  test('in the format for people too', async () => {
    const written: string[] = []
    const requestLog = { format: 'dev', write: (line: string) => written.push(line) } as const
    const dev = await startService({ requestLog })
    try {
      const paths = HOSTILE.map(text => `/${encodeURIComponent(text).slice(0, 4000)}`)
      for (const path of [
        ...paths,
        '/a%0D%0Ab',
        '/%1B%5B31m',
        '/\x7f',
        '/\x9b31m',
        '/\xe2\x80\xa8',
      ]) {
        await exchange(dev.port, request(`GET ${path}`, { 'User-Agent': 'a\x9b31m' }))
      }
    } finally {
      await dev.close()
    }
    expect(written.length).toBeGreaterThan(20)
    for (const line of written)
      expect(line).toMatch(/^GET \/\S* (404 not_found|400 invalid_request) [\d.]+ ms [\w-]{36}$/)
  })
})

test('the user agent is cut at 120 characters', async () => {
  const [line] = await linesOf(request('GET /checklogin', { 'User-Agent': 'x'.repeat(3000) }))
  expect(line?.ua).toBe('x'.repeat(120))
})

test('the address in a line is an address, whatever a trusted proxy passes on', async () => {
  const given = [
    'unknown',
    'x'.repeat(5000),
    '"},{',
    '_hidden',
    '203.0.113.9:4711',
    '[2001:db8::1]:1',
  ]
  const sent = given.map(value => request('GET /checklogin', { 'X-Forwarded-For': value }))
  const ips = (await linesOf(...sent)).map(({ ip }) => ip)
  expect(ips.map(ip => isIP(String(ip)) > 0)).toEqual(given.map(() => true))
})

test('a path is told without its query, however short', async () => {
  const paths = ['/me?a=q7', '/me?', '/me?/x', '/me??a', '/me%3Fa?b=q7', '/auth?code=q7&code=q8']
  const lines = await linesOf(...paths.map(path => request(`GET ${path}`)))
  const told = ['/me', '/me', '/me', '/me', '/me%3Fa', '/auth']
  expect(lines.map(({ path }) => path)).toEqual(told)
  expect(service.requestLines.join()).not.toContain('q7')
})

test('no line holds a query, a credential, a referrer, a code, a token or an openid', async () => {
  const { simulator } = service
  simulator.setUnionidBound('wx0000000000000000', true)
  const codes = Array.from({ length: 5 }, () => simulator.mintCode({ user: 'shy' }))
  const [inBody, inQuery, inAlias, inPath, inOnlogin] = codes
  const { body } = await service.http.post('/login').send({ code: inBody }).expect(200)
  const { token } = body
  const { body: auth } = await service.http.get(`/auth?code=${inQuery}`).expect(200)
  const idempotency = 'idempotency-canary'
  await service.http
    .post(`/wx/onlogin?code=${inOnlogin}`)
    .set('Idempotency-Key', idempotency)
    .expect(200)
  await service.http.post('/auth').send({ code: inAlias }).expect(200)
  await service.http.post('/auth').send({ code: inAlias }).expect(400)
  await service.http.get(`/login/${inPath}`).expect(404)
  await service.http.get(`/checklogin?token=${token}`).expect(200)
  await service.http.get(`/checklogin%3Ftoken=${token}`).expect(404)
  await service.http.get(`/checklogin;token=${token}`).expect(404)
  await service.http.get(`/${token}`).expect(404)
  await service.http.get(`/me?password=query-canary#fragment-canary`).expect(401)
  await service.http.get('/me').set('Authorization', 'Basic dXNlcjpiYXNpYy1jYW5hcnk=').expect(401)
  await service.http.get('/me').set('Authorization', `Bearer ${token}`).expect(200)
  await service.http.get('/verify').set('X-Internal-Token', 'internal-canary').expect(401)
  await service.http
    .get('/me')
    .set({ token, Referer: `https://x/?token=${token}` })
    .expect(200)
  await service.http.get('/checklogin').set('Cookie', `sessionid=${token}`).expect(200)
  await service.http.put('/me').set({ token }).send({ nickname: 'name-canary' }).expect(200)
  simulator.fail({ errcode: 40125 })
  await service.http.post('/login').send({ code: simulator.mintCode() }).expect(500)

  const { openid, unionid, sessionKey } = simulator.user('shy')
  const canaries = [
    'query-canary',
    'fragment-canary',
    'basic-canary',
    'dXNlcjpiYXNp',
    'internal-canary',
  ]
  const secrets = [JWT_SECRET, OTHER_APP.secret, '5117a7ed5ec7e70005117a7ed5ec7e70', idempotency]
  const tokens = [token, auth.data.token].flatMap(value => [value, ...value.split('.')])
  const all = [...canaries, ...secrets, ...tokens, ...codes, openid, unionid, sessionKey]
  const text = [
    ...service.requestLines,
    ...service.logLines.map(line => JSON.stringify(line)),
  ].join()
  expect(service.requestLines).toHaveLength(18)
  for (const secret of [...all, 'name-canary', 'https://x/']) {
    if (typeof secret !== 'string' || secret.length < 8) throw new Error('no canary')
    expect(text).not.toContain(secret)
  }
})

test('credentials written into the request target are in no line', async () => {
  const target = 'http://alice:s3cret@h/checklogin'
  const lines = await linesOf(request(`GET ${target}`), request('GET //bob:s3cret@h/checklogin'))
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatchObject({ status: 200 })
  expect(JSON.stringify(lines)).not.toContain('s3cret')
})

test('a client that leaves before its answer still leaves one line', async () => {
  service.simulator.fail({ late: 100 })
  const abort = new AbortController()
  const gone = fetch(`http://127.0.0.1:${service.port}/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code: service.simulator.mintCode() }),
    signal: abort.signal,
  })
  while (service.simulator.calls.length === 0) await sleep(5)
  abort.abort()
  await expect(gone).rejects.toThrow()
  while (service.requestLines.length === 0) await sleep(5)
  // A second line could come only after the login: closing waits for it.
  await service.login.close()
  expect(service.requestLines).toHaveLength(1)
  expect(JSON.parse(service.requestLines[0] as string)).toMatchObject({
    path: '/login',
    outcome: 'aborted',
  })
})

describe('a probe', () => {
  const PROBES = ['/livez', '/healthz', '/readyz']

  test.each(PROBES)('that is well leaves no line: %s', async path => {
    for (let i = 0; i < 3; i++) await service.http.get(path).expect(200)
    expect(service.requestLines).toEqual([])
  })

  test('leaves a line each time it fails, one when it is well again, and then none', async () => {
    let isDraining = false
    const drained = await startService({ isDraining: () => isDraining })
    const lines = () =>
      drained.requestLines.splice(0).map(line => {
        const { path, status, error = null } = JSON.parse(line)
        return [path, status, error]
      })
    try {
      await drained.http.get('/readyz').expect(200)
      isDraining = true
      await drained.http.get('/readyz').expect(503)
      await drained.http.get('/readyz').expect(503)
      await drained.http.get('/livez').expect(200)
      const failed = ['/readyz', 503, 'shutting_down']
      expect(lines()).toEqual([failed, failed])
      isDraining = false
      await drained.http.get('/readyz').expect(200)
      await drained.http.get('/readyz').expect(200)
      expect(lines()).toEqual([['/readyz', 200, null]])
    } finally {
      await drained.close()
    }
  })

  test('that uses a method which the path does not take leaves a line', async () => {
    await service.http.post('/livez').expect(405)
    expect(service.requestLines.map(line => JSON.parse(line).error)).toEqual(['method_not_allowed'])
  })
})
