import crypto from 'node:crypto'
import { SIMULATOR_APP } from '../../../src/simulator/index'
import { INTERNAL_TOKEN, OTHER_APP, type Service, startService } from '../../support/service'
import { exchange } from '../raw-socket'

const PATH = '/internal/access-token'
const { appid } = SIMULATOR_APP

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())
beforeEach(() => service.simulator.reset())

const ask = (query = `?appid=${appid}`, headers: Record<string, string> = {}, of = service) =>
  of.http.get(PATH + query).set({ 'X-Internal-Token': INTERNAL_TOKEN, ...headers })
const fetches = () => service.simulator.calls.filter(({ path }) => path === '/cgi-bin/stable_token')

test('without INTERNAL_TOKEN the path is as unknown as any other, whatever is shown', async () => {
  const closed = await startService({ internalToken: undefined, trustProxy: 1 })
  try {
    for (const method of ['get', 'post', 'put'] as const) {
      const send = (path: string) =>
        closed.http[method](path).set({
          'X-Internal-Token': INTERNAL_TOKEN,
          Authorization: `Bearer ${INTERNAL_TOKEN}`,
        })
      const answer = await send(PATH).expect(404)
      const unknown = await send('/internal/nothing').expect(404)
      expect({ ...answer.body, request_id: '' }).toEqual({ ...unknown.body, request_id: '' })
    }
  } finally {
    await closed.close()
  }
})

test('a service with the credential gets the app’s token, the same one as /phone uses', async () => {
  const { body } = await ask(`?appid=${appid}`).expect(200)
  expect(body).toEqual({ access_token: expect.stringMatching(/^SIM_/), expires_in: 7200 })
  service.clock.advance(100)
  expect((await ask().expect(200)).body).toEqual({ ...body, expires_in: 7100 })
  const { token } = await service.logIn()
  const code = service.simulator.mintPhoneCode()
  await service.http.post('/phone').set('token', token).send({ code }).expect(200)
  const used = service.simulator.calls.at(-1)?.query
  expect(used).toEqual([['access_token', body.access_token]])
  expect(fetches()).toHaveLength(1)
})

test('with several apps one must be named: no service acts on another mini program than it meant', async () => {
  expect((await ask('').expect(400)).body).toMatchObject({
    error: 'invalid_request',
    field: 'appid',
  })
  await expect(service.login.accessToken()).rejects.toThrow(TypeError)
  expect(fetches()).toHaveLength(0)
})

test('the only app may go unnamed', async () => {
  const alone = await startService({ apps: { [appid]: SIMULATOR_APP.secret } })
  try {
    const { body } = await ask('', {}, alone).expect(200)
    expect((await alone.login.accessToken()).value).toBe(body.access_token)
  } finally {
    await alone.close()
  }
})

test('each app has a token of its own, and an unknown app has none', async () => {
  const mine = await ask(`?appid=${appid}`).expect(200)
  const others = await ask(`?appid=${OTHER_APP.appid}`).expect(200)
  expect(others.body.access_token).not.toBe(mine.body.access_token)
  expect((await ask('?appid=wx9999999999999999').expect(400)).body.error).toBe('unknown_appid')
  expect((await ask(`?appid=${appid}&appid=${appid}`).expect(400)).body.field).toBe('appid')
})

const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

test.each<[string, Record<string, string>, string]>([
  ['none', {}, 'missing'],
  ['an empty one', { 'X-Internal-Token': '' }, 'wrong'],
  ['a wrong one', { 'X-Internal-Token': `${INTERNAL_TOKEN}x` }, 'wrong'],
  ['half of it', { 'X-Internal-Token': INTERNAL_TOKEN.slice(0, -1) }, 'wrong'],
  ['a wrong bearer token', { Authorization: 'Bearer x' }, 'wrong'],
  ['a wrong password', { Authorization: basic('u', 'x') }, 'wrong'],
  ['it as a user’s name', { Authorization: basic(INTERNAL_TOKEN, '') }, 'wrong'],
  ['it under another scheme', { Authorization: `Token ${INTERNAL_TOKEN}` }, 'missing'],
])('who shows %s gets no token, and that is noted', async (_name, headers, reason) => {
  const before = service.logLines.length
  const error = 'internal_token_invalid'
  const { body, headers: given } = await service.http.get(PATH).set(headers).expect(401)
  expect(body).toMatchObject({ error, action: 'contact_admin' })
  const scheme = headers.Authorization?.startsWith('Basic') ? 'Basic realm="internal"' : 'Bearer'
  expect(given['www-authenticate']).toBe(scheme)
  expect(body.message).toContain('INTERNAL_TOKEN')
  expect(body.message).not.toContain('登录')
  expect(fetches()).toHaveLength(0)
  expect(service.logLines.slice(before)).toEqual([
    {
      level: 'info',
      event: 'access_token.given',
      fields: expect.objectContaining({
        outcome: 'refused',
        request_id: body.request_id,
        ip: '127.0.0.1',
        error,
        reason,
      }),
    },
  ])
  const line = JSON.parse(String(service.requestLines.at(-1)))
  expect(line).toMatchObject({ event: 'request', outcome: 'failure', error })
})

test.each([
  ['as a bearer token', `Bearer ${INTERNAL_TOKEN}`],
  ['as a password', basic('prometheus', INTERNAL_TOKEN)],
  ['as the password of nobody', basic('', INTERNAL_TOKEN)],
])('the credential may be sent in Authorization, %s', async (_name, Authorization) => {
  await service.http.get(`${PATH}?appid=${appid}`).set({ Authorization }).expect(200)
})

test('two Authorization headers are a malformed request', async () => {
  const twice = { Authorization: [`Bearer ${INTERNAL_TOKEN}`, 'Bearer x'] }
  const asked = await exchange(
    service.port,
    [
      `GET ${PATH} HTTP/1.1`,
      'Host: x',
      ...twice.Authorization.map(a => `Authorization: ${a}`),
      '',
      '',
    ].join('\r\n'),
  )
  expect(asked.answers.map(({ status }) => status)).toEqual([400])
})

test('a user’s token opens nothing here', async () => {
  const { token } = await service.logIn()
  await service.http
    .get(PATH)
    .set({ Authorization: `Bearer ${token}`, token })
    .expect(401)
})

test('every token that is handed out is noted, without showing it', async () => {
  const before = service.logLines.length
  const { body, headers } = await ask().expect(200)
  expect(service.logLines.slice(before)).toEqual([
    {
      level: 'info',
      event: 'access_token.given',
      fields: expect.objectContaining({
        outcome: 'success',
        request_id: headers['x-request-id'],
        ip: '127.0.0.1',
        appid,
        is_replacement: false,
        duration_ms: expect.any(Number),
      }),
    },
  ])
  const logged = JSON.stringify([service.requestLines, service.logLines])
  expect(logged).not.toContain(body.access_token)
  expect(headers['cache-control']).toBe('no-store')
})

test('a service that tells which token WeChat refused gets another; a late one gets that one, too', async () => {
  const { body } = await ask().expect(200)
  service.simulator.killAccessToken()
  expect((await ask().expect(200)).body.access_token).toBe(body.access_token)
  const refused = { 'X-Refused-Access-Token': body.access_token }
  const first = await ask(undefined, refused).expect(200)
  expect(first.body.access_token).not.toBe(body.access_token)
  const late = await ask(undefined, refused).expect(200)
  expect(late.body.access_token).toBe(first.body.access_token)
  expect(fetches()).toHaveLength(1)
})

test('what WeChat does not give is not said as if to a phone', async () => {
  const other = await startService()
  try {
    other.simulator.fail({ errcode: 45009 }, { path: '/cgi-bin/stable_token' })
    const { body } = await ask(undefined, {}, other).expect(503)
    expect(body).toMatchObject({ error: 'wechat_quota', wx_errcode: 45009 })
    expect(body.retry_after).toBeGreaterThan(0)
    expect(body.message).toMatch(/access_token，请稍后再试$/)
  } finally {
    await other.close()
  }
})

test('the credential is compared in constant time, whatever is sent', async () => {
  const compare = jest.spyOn(crypto, 'timingSafeEqual')
  for (const guess of ['x', INTERNAL_TOKEN.slice(0, -1), `${INTERNAL_TOKEN}x`, INTERNAL_TOKEN]) {
    compare.mockClear()
    await service.http.get(PATH).set('X-Internal-Token', guess)
    expect(compare.mock.calls.map(([a, b]) => [a.byteLength, b.byteLength])).toEqual([[32, 32]])
  }
  compare.mockRestore()
})

test('other methods are 405', async () => {
  const { headers } = await service.http
    .post(PATH)
    .set('X-Internal-Token', INTERNAL_TOKEN)
    .expect(405)
  expect(headers.allow).toBe('GET, HEAD')
})

describe('the limit', () => {
  let limited: Service
  afterEach(() => limited.close())
  const guess = (i: number) => limited.http.get(PATH).set('X-Internal-Token', `guess-${i}`)
  async function guesses(count: number): Promise<Record<number, number>> {
    const found: Record<number, number> = {}
    for (let i = 0; i < count; i++) {
      const { status } = await guess(i)
      found[status] = (found[status] ?? 0) + 1
    }
    return found
  }

  test('counts failures alone: after 1,000 wrong credentials the right one is served, each time', async () => {
    limited = await startService({ rateLimit: 600 })
    jest.spyOn(performance, 'now').mockReturnValue(Math.ceil(performance.now()))
    expect(await guesses(1000)).toEqual({ 401: 120, 429: 880 })
    for (let i = 0; i < 200; i++) await ask(undefined, {}, limited).expect(200)
    const { body, headers } = await guess(0)
    expect(body).toMatchObject({ error: 'rate_limited', action: 'wait', retry_after: 60 })
    expect(headers['retry-after']).toBe('60')
    jest.restoreAllMocks()
  })

  test('counts by address, and so is off with RATE_LIMIT', async () => {
    limited = await startService({ rateLimit: 'off' })
    expect(await guesses(200)).toEqual({ 401: 200 })
  })

  test('keeps nobody else from logging in', async () => {
    limited = await startService({ rateLimit: 5 })
    await guesses(130)
    await limited.logIn()
  })
})
