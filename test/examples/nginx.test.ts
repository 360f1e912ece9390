import { exchange, request } from '../http/raw-socket'
import type { BusinessServer } from '../support/business-server'
import { available } from '../support/databases'
import { type Gateway, startGateway } from '../support/gateway'
import { INTERNAL_TOKEN, type Service } from '../support/service'

const describeNginx = available('nginx') ? describe : describe.skip

const IDENTITY = ['X-User-Id', 'X-Appid', 'X-Openid', 'X-Unionid']
describeNginx('nginx with examples/nginx', () => {
  let gateway: Gateway
  let service: Service
  let business: BusinessServer
  let token: string
  let userId: string

  beforeAll(async () => {
    gateway = await startGateway()
    ;({ service, business } = gateway)
    token = (await service.logIn()).token
    userId = (await service.http.get('/me').set('token', token)).body.id
  })
  afterAll(() => gateway.close())

  const bearer = () => ({ Authorization: `Bearer ${token}` })
  const identity = () =>
    Object.fromEntries(IDENTITY.map(name => [name, business.valuesOf(name).join()]))
  test('starts without a warning', () => {
    expect(gateway.nginx.errorLog()).toBe('')
  })

  describe('a request with a token', () => {
    test.each(['Authorization', 'sessionid', 'token'])(
      'in %s reaches the business server with who it is',
      async name => {
        await gateway
          .web()
          .get('/orders?of=me')
          .set(name, name === 'Authorization' ? `Bearer ${token}` : token)
          .expect(200, { from: 'business' })
        const { appid } = (await service.http.get('/me').set('token', token)).body
        const { openid } = service.simulator.user('alice')
        expect(business.received.at(-1)?.url).toBe('/orders?of=me')
        expect(identity()).toEqual({
          'X-User-Id': userId,
          'X-Appid': appid,
          'X-Openid': openid,
          'X-Unionid': '',
        })
      },
    )

    test('of a user with a unionid brings that, too', async () => {
      const { appid } = (await service.http.get('/me').set('token', token)).body
      service.simulator.setUnionidBound(appid, true)
      const { token: bobs } = await service.logIn('bob')
      service.simulator.setUnionidBound(appid, false)
      await gateway.web().get('/orders').set('token', bobs).expect(200)
      const { openid, unionid } = service.simulator.user('bob')
      expect(identity()).toMatchObject({ 'X-Openid': openid, 'X-Unionid': unionid })
    })

    test('keeps its method, path, query and body, however the body comes', async () => {
      await gateway.web().put('/a%20b/%E5%90%8D?x=1&y=%2F').set(bearer()).send({ n: 1 }).expect(200)
      expect(business.received.at(-1)).toMatchObject({
        method: 'PUT',
        url: '/a%20b/%E5%90%8D?x=1&y=%2F',
        body: '{"n":1}',
      })
      const large = 'x'.repeat(300_000)
      await gateway.raw('POST /upload', bearer(), large)
      expect(business.received.at(-1)?.body).toBe(large)
      const chunked = { ...bearer(), 'Transfer-Encoding': 'chunked' }
      const bytes = request('POST /chunks', chunked, '3\r\nabc\r\n0\r\nX-User-Id: evil\r\n\r\n')
      await exchange(gateway.nginx.port, bytes)
      expect(business.received.at(-1)?.body).toBe('abc')
      expect(identity()['X-User-Id']).toBe(userId)
    })

    test('does not hand the token or the gateway’s credential on', async () => {
      await gateway.raw('GET /orders', { ...bearer(), sessionid: token, token })
      const received = JSON.stringify(business.received.at(-1))
      expect(received).not.toContain(token)
      expect(received).not.toContain(INTERNAL_TOKEN)
    })

    test('carries one request id through gateway, login service and business server', async () => {
      const forged = 'forged-request-id-000'
      await gateway.raw('GET /orders', {
        ...bearer(),
        'X-Request-Id': forged,
        'User-Agent': 'a phone',
      })
      const [id] = business.valuesOf('X-Request-Id')
      expect(id).toMatch(/^[0-9a-f]{32}$/)
      const line = JSON.parse(String(service.requestLines.at(-1)))
      expect(line).toMatchObject({ path: '/verify', request_id: id, ua: 'a phone' })
    })

    test('gets the business server’s own failures as they are', async () => {
      for (const status of [401, 403, 500, 502, 503, 504]) {
        const answer = await gateway.web().get(`/status/${status}`).set(bearer())
        expect([answer.status, answer.body]).toEqual([status, { from: 'business' }])
      }
    })
  })

  describe('a request that is not logged in', () => {
    const withoutId = ({ request_id, ...rest }: Record<string, unknown>) => rest

    const HEADERS = [
      'content-type',
      'cache-control',
      'x-content-type-options',
      'www-authenticate',
      'retry-after',
    ]

    /** Each kind of refusal, and the header that brings it about. */
    async function refusals(): Promise<Record<string, Record<string, string>>> {
      const { token: old } = await service.logIn('dave')
      service.clock.advance(7201)
      token = (await service.logIn()).token
      const { token: ended } = await service.logIn('carol')
      await service.http.post('/logout').set('token', ended).expect(200)
      return {
        token_missing: {},
        token_invalid: { token: 'x' },
        session_ended: { Authorization: `Bearer ${ended}` },
        token_expired: { sessionid: old },
      }
    }

    test('is answered as the login service itself would, and never reaches the business server', async () => {
      const reached = await gateway.reaching(async () => {
        for (const [error, headers] of Object.entries(await refusals())) {
          const own = await service.http.get('/me').set(headers).expect(401)
          for (const method of ['get', 'post', 'put', 'delete'] as const) {
            const answer = await gateway.web()[method]('/orders').set(headers).expect(401)
            expect(answer.body.error).toBe(error)
            expect(withoutId(answer.body)).toEqual(withoutId(own.body))
            expect(answer.body.request_id).toBe(answer.headers['x-request-id'])
            expect(answer.headers.server).toBe('nginx')
            for (const name of HEADERS) expect(answer.headers[name]).toBe(own.headers[name])
          }
        }
      })
      expect(reached).toEqual([])
    })

    test('is refused before its body is there', async () => {
      const answer = await gateway.raw('POST /orders', {
        'Content-Length': 1_000_000,
        Connection: 'close',
      })
      expect(answer.status).toBe(401)
    })

    test('is refused at the very next request after the log-out', async () => {
      const { token: going } = await service.logIn('erin')
      await gateway.web().get('/orders').set('token', going).expect(200)
      await gateway.web().post('/logout').set('token', going).expect(200)
      const reached = await gateway.reaching(() =>
        gateway.web().get('/orders').set('token', going).expect(401),
      )
      expect(reached).toEqual([])
    })

    test('reaches paths without login, and no others through them', async () => {
      expect(await gateway.reaching(() => gateway.web().get('/public/news').expect(200))).toEqual([
        '/public/news',
      ])
      const around = ['/public/../orders', '/public/%2e%2e/orders', '/public/..%2forders']
      const back = [
        '/orders/../public/x',
        '/orders/..%2fpublic/x',
        '//orders',
        '/public/..%5corders',
      ]
      for (const path of [...around, ...back]) {
        const reached = await gateway.reaching(() => gateway.raw(`GET ${path}`))
        expect(reached.filter(url => !/^\/public\/(?!\.\.\/)/.test(url))).toEqual([])
      }
    })
  })

  describe('the login service', () => {
    test('is there for the mini program under its own paths', async () => {
      const code = service.simulator.mintCode({ user: 'frank' })
      const { body } = await gateway.web().post('/login').send({ code }).expect(200)
      const check = await gateway.web().get(`/checklogin?token=${body.token}`).expect(200)
      expect(check.body.is_login).toBe(true)
      await gateway.web().get('/me').set('sessionid', body.token).expect(200)
      const renewed = await gateway.web().post('/refresh').set('token', body.token).expect(200)
      await gateway.web().post('/isAuth').send({ token: renewed.body.token }).expect(200)
      const old = service.simulator.mintCode({ user: 'frank' })
      expect(
        (await gateway.web().get(`/auth?code=${old}`).expect(200)).body.data.token,
      ).toBeDefined()
      const other = service.simulator.mintCode({ user: 'frank' })
      expect(
        (await gateway.web().post('/wx/onlogin').send({ code: other })).body.sessionid,
      ).toBeDefined()
      const used = await gateway.web().post('/login').send({ code }).expect(400)
      expect(used.body.error).toBe('code_used')
    })
  })
})
