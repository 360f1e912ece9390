import { SIMULATOR_APP } from '../../../src/simulator/index'
import { PRIVATE_KEY } from '../../support/private-keys'
import { HOSTS, INTERNAL_TOKEN, type Service, startService } from '../../support/service'

const PATH = '/internal/introspect'
const CREDENTIAL = { 'X-Internal-Token': INTERNAL_TOKEN }
const basic = (password: string) => `Basic ${Buffer.from(`orders:${password}`).toString('base64')}`

const ask = (of: Service, form: object, headers: Record<string, string> = CREDENTIAL) =>
  of.http
    .post(of.prefix + PATH)
    .set(headers)
    .type('form')
    .send(form)
const INACTIVE = { active: false }

describe.each(HOSTS)('%s:', host => {
  let service: Service
  beforeAll(async () => {
    service = await startService({ host })
  })
  afterAll(() => service.close())

  test('a token that holds is told whose it is, openid included', async () => {
    const { token } = await service.logIn()
    const me = await service.http.get(`${service.prefix}/me`).set('token', token)
    const { body, headers } = await ask(service, { token }).expect(200)
    const iat = Math.floor(service.clock.ms / 1000)
    expect(body).toEqual({
      active: true,
      token_type: 'Bearer',
      sub: me.body.id,
      client_id: SIMULATOR_APP.appid,
      sid: expect.any(String),
      iat,
      exp: iat + 7200,
      openid: service.simulator.user('alice').openid,
    })
    expect(headers['cache-control']).toBe('no-store')
  })

  test('a log-out shows at the next question', async () => {
    const { token } = await service.logIn()
    await service.http.post(`${service.prefix}/logout`).set('token', token).expect(200)
    expect((await ask(service, { token }).expect(200)).body).toEqual(INACTIVE)
  })
})

describe('standalone:', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService()
  })
  afterAll(() => service.close())

  test('a unionid is told where one is known', async () => {
    service.simulator.setUnionidBound(SIMULATOR_APP.appid, true)
    const { token } = await service.logIn('bob')
    service.simulator.setUnionidBound(SIMULATOR_APP.appid, false)
    const { body } = await ask(service, { token })
    expect(body.unionid).toBe(service.simulator.user('bob').unionid)
  })

  test('nothing of the session_key is told', async () => {
    const { token } = await service.logIn()
    const { text } = await ask(service, { token })
    expect(text).not.toContain(service.simulator.user('alice').sessionKey)
    expect(Object.keys(JSON.parse(text))).not.toContain('enc')
  })

  test('whatever is wrong with a token, the answer is the same', async () => {
    const { token } = await service.logIn()
    const [head, body, signature = ''] = token.split('.')
    const altered = `${head}.${body}.${signature.replace(/^./, c => (c === 'A' ? 'B' : 'A'))}`
    for (const wrong of ['x', 'x.y.z', altered, `${token} `, INTERNAL_TOKEN, 'x'.repeat(5000)]) {
      const answer = await ask(service, { token: wrong }).expect(200)
      expect(answer.text).toBe('{"active":false}')
    }
    service.clock.advance(7200)
    expect((await ask(service, { token })).text).toBe('{"active":false}')
  })

  test('a user who is disabled has no token that holds', async () => {
    const { token } = await service.logIn('carol')
    const { sub } = (await ask(service, { token })).body
    await service.login.users.disable(sub)
    expect((await ask(service, { token })).body).toEqual(INACTIVE)
  })

  test.each<[string, object]>([
    ['no token', {}],
    ['an empty one', { token: '' }],
    ['a number', { token: 1 }],
    ['a list', { token: ['x'] }],
  ])('%s is a malformed request, and not an answer', async (_name, sent) => {
    const { body } = await service.http.post(PATH).set(CREDENTIAL).send(sent).expect(400)
    expect(body).toMatchObject({ error: 'invalid_request', field: 'token' })
  })

  test('no token is read elsewhere than in the body', async () => {
    const { token } = await service.logIn()
    const shown = { ...CREDENTIAL, token, sessionid: token }
    await service.http.post(`${PATH}?token=${token}`).set(shown).expect(400)
    const { headers } = await service.http.get(`${PATH}?token=${token}`).set(CREDENTIAL).expect(405)
    expect(headers.allow).toBe('POST')
  })

  test.each(['access_token', 'refresh_token', 'nonsense', ''])(
    'token_type_hint %j changes nothing',
    async token_type_hint => {
      const { token } = await service.logIn()
      expect((await ask(service, { token, token_type_hint })).body.active).toBe(true)
    },
  )

  test.each<[string, Record<string, string>]>([
    ['in its own header', CREDENTIAL],
    ['as a bearer token', { Authorization: `Bearer ${INTERNAL_TOKEN}` }],
    ['as a password, which is what Spring sends', { Authorization: basic(INTERNAL_TOKEN) }],
  ])('the credential is taken %s', async (_name, headers) => {
    expect((await ask(service, { token: 'x' }, headers).expect(200)).body).toEqual(INACTIVE)
  })

  test('a wrong credential is 401, hears of its own scheme, and is told as an event', async () => {
    const before = service.logLines.length
    const { token } = await service.logIn()
    const shown = { Authorization: basic('wrong') }
    const { body, headers } = await ask(service, { token }, shown).expect(401)
    expect(body.error).toBe('internal_token_invalid')
    expect(headers['www-authenticate']).toBe('Basic realm="internal"')
    const lines = service.logLines.slice(before)
    expect(lines.filter(({ event }) => event === 'token.refused')).toEqual([
      {
        ...{ level: 'info', event: 'token.refused' },
        fields: expect.objectContaining({ error: 'internal_token_invalid', reason: 'wrong' }),
      },
    ])
    const bearer = await ask(service, { token }, { Authorization: `Bearer ${token}` }).expect(401)
    expect(bearer.headers['www-authenticate']).toBe('Bearer')
  })

  test('a refused token is told once, with its user where the signature proved right', async () => {
    const { token } = await service.logIn('dave')
    const { sub } = (await ask(service, { token })).body
    await service.http.post('/logout').set('token', token)
    const before = service.logLines.length
    const { headers } = await ask(service, { token })
    const told = service.logLines.slice(before)
    expect(told.map(({ event }) => event)).toEqual(['token.refused'])
    expect(told[0]?.fields).toMatchObject({
      ...{ error: 'session_ended', reason: 'logout', user: sub },
      request_id: headers['x-request-id'],
    })
    const line = JSON.parse(String(service.requestLines.at(-1)))
    expect(line).toMatchObject({ event: 'request', status: 200 })
    expect(JSON.stringify([service.requestLines, service.logLines])).not.toContain(token)
  })
})

test('an INTERNAL_TOKEN of base64 is taken percent-encoded, as APISIX sends it', async () => {
  const internalToken = 'q7LzX2vN9bR4+KfW1sHcYd8m/eGjU3aAB4nZ5xT0k='
  const service = await startService({ internalToken })
  try {
    for (const password of [internalToken, encodeURIComponent(internalToken)]) {
      await ask(service, { token: 'x' }, { Authorization: basic(password) }).expect(200)
    }
    for (const password of ['%', `${internalToken}%`, encodeURIComponent(`${internalToken}x`)]) {
      await ask(service, { token: 'x' }, { Authorization: basic(password) }).expect(401)
    }
  } finally {
    await service.close()
  }
})

test('hundreds of refused tokens are no flood of their asker, while a wrong credential is', async () => {
  const service = await startService({ rateLimit: 5 })
  try {
    for (let i = 0; i < 200; i++) await ask(service, { token: `x.y.${i}` }).expect(200)
    const { token } = await service.logIn()
    expect((await ask(service, { token })).body.active).toBe(true)
    // Nor is anybody else refused for them: the address may still show forgeries of its own.
    await service.http.get('/me').set('token', 'x.y.z').expect(401)
    for (let i = 0; i < 120; i++) await ask(service, { token }, { 'X-Internal-Token': 'x' })
    await ask(service, { token }, { 'X-Internal-Token': 'x' }).expect(429)
    await ask(service, { token }).expect(200)
  } finally {
    await service.close()
  }
})

test('a session that is asked for is in use, and outlives the idle time', async () => {
  const service = await startService({ sessionIdleSeconds: 600 })
  try {
    const { token } = await service.logIn()
    for (let i = 0; i < 5; i++) {
      service.clock.advance(500)
      expect((await ask(service, { token })).body.active).toBe(true)
    }
    service.clock.advance(600)
    expect((await ask(service, { token })).body).toEqual(INACTIVE)
  } finally {
    await service.close()
  }
})

test('a token of a private key and one of the secret are told alike', async () => {
  const before = await startService()
  const after = await startService({
    ...{ jwtPrivateKey: PRIVATE_KEY, clock: before.clock, simulator: before.simulator },
  })
  try {
    const { token } = await after.logIn()
    expect((await ask(after, { token })).body.active).toBe(true)
    expect((await ask(before, { token })).body).toEqual(INACTIVE)
  } finally {
    await after.close()
    await before.close()
  }
})

test('without INTERNAL_TOKEN there is no such route', async () => {
  const service = await startService({ internalToken: undefined })
  try {
    await ask(service, { token: 'x' }).expect(404)
  } finally {
    await service.close()
  }
})
