import type { RequestListener } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BusinessServer } from '../support/business-server'
import { available } from '../support/databases'
import { type Gateway, startGateway } from '../support/gateway'
import { INTERNAL_TOKEN, type Service } from '../support/service'

const describeNginx = available('nginx') ? describe : describe.skip

const IDENTITY = ['X-User-Id', 'X-Appid', 'X-Openid', 'X-Unionid']
const CLOUD = ['', '-FROM'].flatMap(from =>
  ['OPENID', 'UNIONID', 'APPID'].map(n => `X-WX${from}-${n}`),
)

describeNginx('nginx with examples/nginx, against whoever is outside', () => {
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

  describe('forged headers', () => {
    /** Each name in every spelling that some server takes for the same. */
    const forged = Object.fromEntries(
      [...IDENTITY, ...CLOUD, 'X-Internal-Token'].flatMap(name =>
        [
          name,
          name.toLowerCase(),
          name.toUpperCase(),
          name.replaceAll('-', '_'),
          name.replace('-', '_'),
          name.toUpperCase().replaceAll('-', '_'),
          name.replaceAll('-', '.'),
        ].map(spelling => [spelling, 'forged']),
      ),
    )

    test('never reach the business server beside or instead of the true ones', async () => {
      const answer = await gateway.raw('GET /orders', { ...bearer(), ...forged })
      expect(answer.status).toBe(200)
      expect(business.valuesOf('X-User-Id')).toEqual([userId])
      expect(business.valuesOf('X-Openid')).toEqual([service.simulator.user('alice').openid])
      expect(JSON.stringify(business.received.at(-1))).not.toContain('forged')
    })

    test('never reach it on a path without login either', async () => {
      const answer = await gateway.raw('GET /public/news', { ...bearer(), ...forged })
      expect(answer.status).toBe(200)
      for (const name of IDENTITY) expect(business.valuesOf(name)).toEqual([])
      expect(JSON.stringify(business.received.at(-1))).not.toContain('forged')
    })

    test('let nobody in', async () => {
      const reached = await gateway.reaching(async () => {
        expect((await gateway.raw('GET /orders', forged)).status).toBe(401)
      })
      expect(reached).toEqual([])
    })

    test('do not change the address, host or scheme that either server sees', async () => {
      const forged = { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'forged' }
      const headers = { ...forged, ...bearer() }
      const seen: unknown[] = []
      const look: RequestListener = ({ headers: { host, 'x-forwarded-proto': proto } }) =>
        void seen.push([host, proto])
      service.server.prependListener('request', look)
      for (const path of ['/me', '/orders']) {
        await gateway.raw(`GET ${path}`, headers, '', '127.0.0.2')
        expect(service.requestLines.at(-1)).toContain('"ip":"127.0.0.2"')
      }
      service.server.off('request', look)
      expect(seen).toEqual(Array(2).fill(['localhost', 'http']))
      expect(business.valuesOf('X-Forwarded-For')).toEqual(['127.0.0.2'])
      expect(business.valuesOf('X-Forwarded-Proto')).toEqual(['http'])
      expect(business.valuesOf('Host')).toEqual(['localhost'])
    })
  })

  describe('the login service', () => {
    test.each([
      '/verify',
      '/VERIFY',
      '/verify/',
      '//verify',
      '/login/../verify',
      '/%76erify',
      '/internal',
      '/internal/users',
      '/Internal/x',
    ])('shows nobody %s, not even with the right internal token', async path => {
      const seen = service.requestLines.length
      const headers = { ...bearer(), 'X-Internal-Token': INTERNAL_TOKEN }
      const reached = await gateway.reaching(async () => {
        const answer = await gateway.raw(`GET ${path}`, headers)
        expect(answer.status).toBe(404)
        expect(JSON.parse(answer.text)).toMatchObject({ error: 'not_found', action: 'fix_request' })
        expect(Object.keys(answer.headers)).not.toContain('x-openid')
      })
      expect(reached).toEqual([])
      expect(service.requestLines.slice(seen)).toEqual([])
    })

    test('is not to be asked at nginx’s own inner path, and gets no line feed by its own', async () => {
      expect((await gateway.raw('GET /_login/verify', bearer())).status).toBe(404)
      // In a pattern, $ also stands before a last line feed; what is passed on must not hold it.
      expect((await gateway.raw('GET /me%0a')).status).toBe(401)
      expect(service.requestLines.at(-1)).toContain('"path":"/me"')
    })

    test('gets no credential from outside, on any path', async () => {
      const seen: unknown[] = []
      const look: RequestListener = ({ headers }) => void seen.push(headers['x-internal-token'])
      service.server.prependListener('request', look)
      await gateway.raw('GET /me', { ...bearer(), 'X-Internal-Token': 'from outside' })
      await gateway.raw('GET /orders', { ...bearer(), 'X-Internal-Token': 'from outside' })
      service.server.off('request', look)
      expect(seen).toEqual([undefined, INTERNAL_TOKEN])
    })

    test('is asked with the token and nothing else of the client’s', async () => {
      const seen: string[][] = []
      const look: RequestListener = ({ headers }) => void seen.push(Object.keys(headers).sort())
      service.server.prependListener('request', look)
      const rest = { Cookie: 'a=b', 'Content-Type': 'text/plain', 'X-Custom': 'x'.repeat(7000) }
      await gateway.raw('POST /orders', { ...bearer(), ...rest }, 'a body')
      service.server.off('request', look)
      const ours = ['host', 'x-forwarded-for', 'x-forwarded-proto', 'x-internal-token']
      expect(seen).toEqual([['authorization', ...ours, 'x-request-id']])
      expect(business.valuesOf('Cookie')).toEqual(['a=b'])
    })

    test('is asked over connections that are kept, as is the business server', async () => {
      await gateway.web().get('/orders').set(bearer())
      const before = business.connections()
      let connections = 0
      const count = () => void connections++
      service.server.on('connection', count)
      for (let i = 0; i < 10; i++) {
        await gateway.web().get('/orders').set(bearer()).expect(200)
        await gateway.web().get('/me').set(bearer()).expect(200)
      }
      service.server.off('connection', count)
      expect(connections).toBe(0)
      expect(business.connections()).toBe(before)
    })

    test('tells nginx’s logs no token, no code and no Referer', async () => {
      const code = service.simulator.mintCode({ user: 'grace' })
      await gateway.web().get(`/checklogin?token=${token}`).set('Referer', 'http://referer-canary/')
      await gateway.web().get(`/auth?code=${code}`)
      await gateway.web().get('/orders?token=query-canary').set(bearer())
      const last = '"path":"/orders","status":200'
      while (!gateway.nginx.accessLog().includes(last)) await sleep(20)
      const lines = gateway.nginx
        .accessLog()
        .trim()
        .split('\n')
        .map(line => JSON.parse(line))
      expect(lines.at(-1)).toMatchObject({ path: '/orders', status: 200, user: userId })
      const all = gateway.nginx.accessLog() + gateway.nginx.errorLog()
      for (const secret of [token, code, 'canary', INTERNAL_TOKEN])
        expect(all).not.toContain(secret)
    })
  })
})
