import { SIMULATOR_APP } from '../../src/simulator/index'
import { OTHER_APP, type Service, startService } from '../support/service'

/** Two routes of a shop's own behind the guard. */
const routes: Parameters<typeof startService>[0] = {
  routes(app, login) {
    app.get('/orders', login.required, (req, res) => void res.json({ of: req.login.userId }))
    app.post('/orders', login.required, (_req, res) => void res.status(409).json({ error: 'mine' }))
    const ofOther = login.requiredFor(OTHER_APP.appid)
    app.get('/other', ofOther, (req, res) => void res.json({ appid: req.login.appid }))
  },
}

let service: Service
const start = async (options: Parameters<typeof startService>[0] = {}) => {
  service = await startService(options)
}
afterEach(() => service.close())

const codeOf = (user?: string) => service.simulator.mintCode(user === undefined ? {} : { user })
const exchanges = () => service.simulator.counts['/sns/jscode2session'] ?? 0
const logins = () => service.logLines.filter(({ event }) => event.startsWith('login.'))

describe.each(['standalone', 'Express 5, mounted', 'Express 4, mounted'] as const)('%s', host => {
  test('a guarded request with a code and no token logs in and is served', async () => {
    await start({ host })
    const { prefix, http } = service
    const first = await http.get(`${prefix}/me`).set('X-WX-Code', codeOf('alice')).expect(200)
    const token = String(first.headers['x-login-token'])
    expect(first.headers['x-login-expires-in']).toBe('7200')
    expect(first.headers['x-login-new-user']).toBe('true')
    expect(first.headers['cache-control']).toBe('no-store')
    expect(first.headers).not.toHaveProperty('x-login-error')
    const again = await http.get(`${prefix}/me`).set('Authorization', `Bearer ${token}`).expect(200)
    expect(again.body).toEqual(first.body)
    expect(again.headers).not.toHaveProperty('x-login-token')
    // The same user as by POST /login.
    const { token: other } = await service.logIn('alice')
    const { body } = await http.get(`${prefix}/me`).set({ token: other }).expect(200)
    expect(body.id).toBe(first.body.id)
    expect(logins().map(({ event }) => event)).toEqual(['login.succeeded', 'login.succeeded'])
  })
})

test('a request with a body does too, and its body arrives whole', async () => {
  await start()
  const asking = service.http.put('/me').set('X-WX-Code', codeOf())
  const { body, headers } = await asking.send({ nickname: '小明' }).expect(200)
  expect(body.nickname).toBe('小明')
  expect(headers['x-login-token']).toEqual(expect.any(String))
})

test('a host’s own route is served, and carries the token whatever its status', async () => {
  await start({ host: 'Express 5, mounted', ...routes })
  const { http } = service
  const served = await http.get('/orders').set('X-WX-Code', codeOf('bob')).expect(200)
  expect(served.body.of).toEqual(expect.any(String))
  expect(served.headers).toMatchObject({
    'x-login-token': expect.any(String),
    'cache-control': 'no-store',
  })
  const refused = await http.post('/orders').set('X-WX-Code', codeOf('bob')).expect(409)
  expect(refused.body).toEqual({ error: 'mine' })
  expect(refused.headers['x-login-token']).toEqual(expect.any(String))
  expect(refused.headers).not.toHaveProperty('x-login-new-user')
})

describe.each(['Express 5, mounted', 'Express 4, mounted'] as const)('%s', host => {
  test('no cache keeps an answer with a token, whatever the route says of caches', async () => {
    const caching = { 'Cache-Control': 'public, max-age=60', 'X-Accel-Expires': '60' }
    const ofCdn = { 'CDN-Cache-Control': 'max-age=60', 'Surrogate-Control': 'max-age=60' }
    await start({
      host,
      routes(app, login) {
        app.get('/set', login.required, (_req, res) => {
          res.set({ ...caching, ...ofCdn }).json({})
        })
        app.get('/written', login.required, (_req, res) => {
          res.writeHead(200, { ...caching, ...ofCdn }).end()
        })
        app.get('/streamed', login.required, (_req, res) => {
          res.set({ ...caching, ...ofCdn }).write('a')
          res.end('b')
        })
      },
    })
    for (const path of ['/set', '/written', '/streamed']) {
      const { headers } = await service.http.get(path).set('X-WX-Code', codeOf()).expect(200)
      const token = String(headers['x-login-token'])
      expect(headers['cache-control']).toBe('no-store')
      for (const name of ['x-accel-expires', 'cdn-cache-control', 'surrogate-control']) {
        expect(headers).not.toHaveProperty(name)
      }
      // Without a new token the route has its way.
      const again = await service.http.get(path).set({ token }).expect(200)
      expect(again.headers).toMatchObject({
        ...{ 'cache-control': 'public, max-age=60', 'x-accel-expires': '60' },
      })
    }
  })
})

test('a request that passes two guards is logged in once', async () => {
  await start({
    host: 'Express 5, mounted',
    routes(app, login) {
      const both = [login.required, login.requiredFor(SIMULATOR_APP.appid)]
      app.get('/twice', ...both, (req, res) => void res.json({ of: req.login.userId }))
    },
  })
  const { body } = await service.http.get('/twice').set('X-WX-Code', codeOf()).expect(200)
  expect(body.of).toEqual(expect.any(String))
  expect(exchanges()).toBe(1)
})

test('a guard of one app takes that app’s codes; any other takes those of the first app', async () => {
  await start({ host: 'Express 5, mounted', ...routes })
  const code = service.simulator.mintCode({ appid: OTHER_APP.appid })
  const { body } = await service.http.get('/other').set('X-WX-Code', code).expect(200)
  expect(body).toEqual({ appid: OTHER_APP.appid })
  const { body: refused } = await service.http.get('/other').set('X-WX-Code', codeOf()).expect(400)
  expect(refused.error).toBe('code_invalid')
})

describe('a token beside the code', () => {
  test('that holds is used, and the code stays unspent', async () => {
    await start()
    const { token } = await service.logIn('alice')
    const code = codeOf('bob')
    const both = { Authorization: `Bearer ${token}`, 'X-WX-Code': code }
    const { headers } = await service.http.get('/me').set(both).expect(200)
    expect(headers).not.toHaveProperty('x-login-token')
    await service.http.post('/login').send({ code }).expect(200)
  })

  test.each(['x.y.z', 'undefined'])(
    'that is wrong (%s) is 401, and the code stays unspent',
    async wrong => {
      await start()
      const code = codeOf()
      for (const header of ['Authorization', 'token', 'sessionid']) {
        const both = { [header]: wrong, 'X-WX-Code': code }
        const { body, headers } = await service.http.get('/me').set(both).expect(401)
        expect(body.error).toBe('token_invalid')
        expect(headers).not.toHaveProperty('x-login-error')
      }
      expect(exchanges()).toBe(0)
      await service.http.post('/login').send({ code }).expect(200)
    },
  )
})

describe('/verify', () => {
  test('does not look at a code', async () => {
    await start()
    const code = codeOf()
    const { body, headers } = await service.http.get('/verify').set('X-WX-Code', code).expect(401)
    expect(body.error).toBe('token_missing')
    expect(headers).not.toHaveProperty('x-login-token')
    expect(exchanges()).toBe(0)
    await service.http.post('/login').send({ code }).expect(200)
  })
})

describe('a code that comes to nothing', () => {
  test('is refused as by POST /login, never with 401, and named in X-Login-Error', async () => {
    await start()
    const used = codeOf()
    await service.http.post('/login').send({ code: used }).expect(200)
    const { headers, body } = await service.http.get('/me').set('X-WX-Code', used).expect(400)
    expect(body).toMatchObject({ error: 'code_used', action: 'login' })
    expect(headers['x-login-error']).toBe('code_used')
    expect(headers).not.toHaveProperty('x-login-token')
    expect(headers).not.toHaveProperty('www-authenticate')
    const invalid = await service.http.get('/me').set('X-WX-Code', 'nonsense').expect(400)
    expect(invalid.body).toMatchObject({ error: 'code_invalid', wx_errcode: 40029 })
  })

  test.each([
    [45011, 503, 'wechat_quota'],
    [40226, 403, 'user_blocked'],
    [40125, 500, 'misconfigured'],
  ])('by WeChat’s %i is %i', async (errcode, status, error) => {
    await start()
    service.simulator.fail({ errcode }, { times: 3 })
    const answer = await service.http.get('/me').set('X-WX-Code', codeOf()).expect(status)
    expect(answer.body.error).toBe(error)
    expect(answer.headers['x-login-error']).toBe(error)
  })

  test('is malformed by its header’s name: two of them, too long, DevTools’ mock code', async () => {
    await start()
    for (const code of ['a b', 'x'.repeat(513)]) {
      const { body } = await service.http.get('/me').set('X-WX-Code', code).expect(400)
      expect(body).toMatchObject({ error: 'invalid_request', field: 'X-WX-Code' })
    }
    const mock = 'the code is a mock one'
    const { body } = await service.http.get('/me').set('X-WX-Code', mock).expect(400)
    expect(body).toMatchObject({ error: 'invalid_request', field: 'X-WX-Code' })
    expect(body.message).toContain('AppID')
    expect(exchanges()).toBe(0)
  })

  test('is missing where it is empty: that is a request without a token', async () => {
    await start()
    const { body } = await service.http.get('/me').set('X-WX-Code', '').expect(401)
    expect(body.error).toBe('token_missing')
  })
})

test('a disabled user’s code is 403', async () => {
  await start()
  const { token } = await service.logIn('alice')
  const { body } = await service.http.get('/me').set({ token }).expect(200)
  await service.login.users.disable(body.id)
  const refused = await service.http.get('/me').set('X-WX-Code', codeOf('alice')).expect(403)
  expect(refused.body.error).toBe('user_disabled')
})

test('the limits of POST /login count it, address and all together', async () => {
  await start({ rateLimit: 2, host: 'Express 5, mounted', ...routes })
  const { prefix, http } = service
  await http.post(`${prefix}/login`).send({ code: codeOf() }).expect(200)
  await http.get(`${prefix}/me`).set('X-WX-Code', codeOf()).expect(200)
  const { body, headers } = await http.get('/orders').set('X-WX-Code', codeOf()).expect(429)
  expect(body).toMatchObject({ error: 'rate_limited', action: 'wait' })
  expect(headers['retry-after']).toEqual(expect.any(String))
  await http.post(`${prefix}/login`).send({ code: codeOf() }).expect(429)
  await service.close()

  await start({ rateLimitGlobal: 1 })
  await service.http.get('/me').set('X-WX-Code', codeOf()).expect(200)
  await service.http.post('/login').send({ code: codeOf() }).expect(429)
})

test('a lost answer is found again by the same code and Idempotency-Key, here or at POST /login', async () => {
  await start()
  const code = codeOf()
  const lost = { 'X-WX-Code': code, 'Idempotency-Key': 'key-1234567890' }
  const first = await service.http.get('/me').set(lost).expect(200)
  const second = await service.http.get('/me').set(lost).expect(200)
  const third = await service.http.post('/login').set(lost).send({ code }).expect(200)
  expect(second.body).toEqual(first.body)
  expect(second.headers['x-login-token']).toBe(first.headers['x-login-token'])
  expect(third.body.token).toBe(first.headers['x-login-token'])
  expect(exchanges()).toBe(1)
  await service.http.get('/me').set('X-WX-Code', code).expect(400)
})

test('many requests with one code share one login', async () => {
  await start()
  const shown = { 'X-WX-Code': codeOf(), 'Idempotency-Key': 'key-1234567890' }
  const asking = Array.from({ length: 5 }, () => service.http.get('/me').set(shown))
  const answers = await Promise.all(asking)
  expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200))
  expect(exchanges()).toBe(1)
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
})

test('no log line holds the code or the token', async () => {
  await start()
  const code = codeOf()
  const { headers } = await service.http.get('/me').set('X-WX-Code', code).expect(200)
  const lines = JSON.stringify([service.logLines, service.requestLines])
  expect(lines).not.toContain(code)
  expect(lines).not.toContain(String(headers['x-login-token']))
  expect(JSON.parse(service.requestLines.at(-1) ?? '')).toMatchObject({
    ...{ path: '/me', status: 200, user: expect.any(String), appid: expect.any(String) },
  })
})
