import supertest from 'supertest'
import { createClient } from '../../client/miniprogram_dist'
import { createFakeWx } from '../client/fake-wx'
import { exchange, type RawAnswer, request } from '../http/raw-socket'
import { type BusinessServer, startBusinessServer } from '../support/business-server'
import { available } from '../support/databases'
import { GATEWAYS, type GatewayProgram, startGatewayProgram } from '../support/gateway-programs'
import { INTERNAL_TOKEN, type Service, startService } from '../support/service'

const IDENTITY = ['X-User-Id', 'X-Appid', 'X-Openid', 'X-Unionid']
const OF_CLOUD = ['X-WX-OPENID', 'X-WX-UNIONID', 'X-WX-FROM-OPENID', 'X-WX-SOURCE']

/** Each header that only the gateway may write, in spellings that some server takes for the same. */
const FORGED = Object.fromEntries(
  [...IDENTITY, ...OF_CLOUD, 'X-Internal-Token'].flatMap(name =>
    ['-', '_', '.']
      .flatMap(mark => [
        name.replaceAll('-', mark),
        name.replace('-', mark).toLowerCase(),
        name.replace(/-(?=[^-]*$)/, mark),
      ])
      .map(spelling => [spelling, 'forged']),
  ),
)

const EXACT = Object.fromEntries(
  Object.entries(FORGED).filter(([name]) => /^[a-z]+(-[a-z]+)+$/i.test(name)),
)

const RUNNABLE = GATEWAYS.filter(available)

/** Jest takes no empty list: where none of them is installed, all of them are skipped. */
const forEachGateway = RUNNABLE.length > 0 ? describe.each(RUNNABLE) : describe.skip.each(GATEWAYS)

forEachGateway('%s with examples/gateways', kind => {
  let service: Service
  let business: BusinessServer
  let gateway: GatewayProgram
  let token: string
  let userId: string

  beforeAll(async () => {
    business = await startBusinessServer()
    service = await startService({ trustProxy: 1 })
    const ports = { loginPort: service.port, businessPort: business.port }
    gateway = await startGatewayProgram(kind, ports, INTERNAL_TOKEN)
    token = (await service.logIn()).token
    userId = (await service.http.get('/me').set('token', token)).body.id
  })
  afterAll(async () => {
    // Whatever of them did not start must not keep the others.
    await gateway?.stop()
    await service?.close()
    await business.close()
  })

  const web = () => supertest(`http://127.0.0.1:${gateway.port}`)
  const bearer = () => ({ Authorization: `Bearer ${token}` })
  const last = () => business.received.at(-1)
  const identity = () => IDENTITY.map(name => business.valuesOf(name).join())

  /** Sends headers as they are spelt. */
  async function raw(line: string, headers: Record<string, string>): Promise<RawAnswer> {
    const { answers } = await exchange(gateway.port, request(line, headers))
    return answers.at(-1) as RawAnswer
  }

  /** The paths that reached the business server while this ran. */
  async function reaching(act: () => Promise<unknown>): Promise<string[]> {
    const before = business.received.length
    await act()
    return business.received.slice(before).map(({ url }) => url)
  }

  test.each(['Authorization', 'sessionid', 'token'])(
    'a request with a token in %s reaches the business server with who it is, and ends there',
    async name => {
      const value = name === 'Authorization' ? `Bearer ${token}` : token
      await web().get('/orders?of=me').set(name, value).expect(200, { from: 'business' })
      expect(last()?.url).toBe('/orders?of=me')
      const { openid } = service.simulator.user('alice')
      expect(identity()).toEqual([userId, expect.stringMatching(/^wx/), openid, ''])
      expect(JSON.stringify(last())).not.toContain(token)
      expect(JSON.stringify(last())).not.toContain(INTERNAL_TOKEN)
    },
  )

  test('the SDK logs in behind it, and its first request is done once', async () => {
    const wx = createFakeWx({ mintCode: () => service.simulator.mintCode({ user: 'carol' }) })
    const client = createClient({ baseUrl: `http://127.0.0.1:${gateway.port}`, wx })
    const reached = await reaching(async () => {
      expect((await client.request({ url: '/orders', method: 'POST' })).statusCode).toBe(200)
    })
    expect(reached).toEqual(['/orders'])
    expect(wx.logins).toBe(1)
    expect(wx.asked()).toEqual(['POST /orders', 'POST /login', 'POST /orders'])
  })

  test('it keeps method, path, query and body', async () => {
    await web().put('/a%20b/x?y=%2F').set(bearer()).send({ n: 1 }).expect(200)
    expect(last()).toMatchObject({ method: 'PUT', url: '/a%20b/x?y=%2F', body: '{"n":1}' })
  })

  test('a user with a unionid brings that, too', async () => {
    const { appid } = (await service.http.get('/me').set('token', token)).body
    service.simulator.setUnionidBound(appid, true)
    const { token: bobs } = await service.logIn('bob')
    service.simulator.setUnionidBound(appid, false)
    await web().get('/orders').set('token', bobs).expect(200)
    expect(business.valuesOf('X-Unionid')).toEqual([service.simulator.user('bob').unionid])
  })

  test('forged headers never pass, neither beside the true ones nor where there is nothing to say', async () => {
    // Apache cannot remove what it cannot name: it refuses the odd spellings, and removes the others.
    const forged = kind === 'apache' ? EXACT : FORGED
    expect((await raw('GET /orders', { ...bearer(), ...forged })).status).toBe(200)
    expect(business.valuesOf('X-User-Id')).toEqual([userId])
    expect(business.valuesOf('X-Unionid').join('')).toBe('')
    expect(JSON.stringify(last())).not.toContain('forged')
    expect((await raw('GET /public/news', { ...bearer(), ...forged })).status).toBe(200)
    expect(JSON.stringify(last())).not.toMatch(/forged|Bearer/)
    const reached = await reaching(async () => {
      expect((await raw('GET /orders', forged)).status).toBe(401)
      if (kind !== 'apache') return
      for (const name of Object.keys(FORGED).filter(spelling => !(spelling in EXACT))) {
        const { status } = await raw('GET /orders', { ...bearer(), [name]: 'forged' })
        expect([name, status]).toEqual([name, 400])
      }
    })
    expect(reached).toEqual([])
  })

  test('who is not logged in gets the login service’s own words, and reaches nothing', async () => {
    const reached = await reaching(async () => {
      const missing = await web().get('/orders').expect(401)
      expect(missing.body).toMatchObject({ error: 'token_missing', action: 'login' })
      expect(missing.headers).toMatchObject({
        'www-authenticate': 'Bearer',
        'content-type': 'application/json; charset=utf-8',
      })
      const invalid = await web().post('/orders').set('token', 'x.y.z').send({ n: 1 }).expect(401)
      expect(invalid.body).toMatchObject({ error: 'token_invalid' })
      const { token: gone } = await service.logIn('carol')
      await web().post('/logout').set('token', gone).expect(200)
      expect((await web().get('/orders').set('token', gone).expect(401)).body.error).toBe(
        'session_ended',
      )
    })
    expect(reached).toEqual([])
  })

  test('no spelling of a path gets around the check by way of the free ones', async () => {
    const paths = [
      '/orders/..%2fpublic/',
      '/public/../orders',
      '/public/%2e%2e/orders',
      '/Public/x',
    ]
    const others = ['//public/x', '/public//../orders', '/public/..%5corders', '/public/..;/orders']
    const reached = await reaching(async () => {
      for (const path of [...paths, ...others]) {
        const { status } = await raw(`GET ${path}`, {})
        expect([path, status]).toEqual([path, expect.any(Number)])
      }
    })
    // A gateway may also read a path as the free one that it is, and pass on how it read it.
    expect(reached.filter(url => !/^\/public\/[a-z]+$/.test(url))).toEqual([])
    if (kind !== 'apache') expect(reached).toEqual([])
  })

  test('mini programs log in through it, and what is inside stays inside', async () => {
    const code = service.simulator.mintCode()
    const { body } = await web().post('/login').send({ code }).expect(200)
    await web().get('/me').set('token', body.token).expect(200)
    expect(service.requestLines.at(-1)).toContain('"ip":"127.0.0.1"')
    const inside = ['/verify', '/verify/x', '/VERIFY', '/internal/access-token', '/Internal/x']
    for (const path of inside) {
      const credential = { 'X-Internal-Token': INTERNAL_TOKEN, token }
      expect((await web().get(path).set(credential).expect(404)).body.error).toBe('not_found')
    }
  })

  test('the business server’s own failures pass as they are', async () => {
    for (const status of [401, 403, 404, 500, 503]) {
      const answer = await web().get(`/status/${status}`).set(bearer())
      expect([answer.status, answer.body]).toEqual([status, { from: 'business' }])
    }
  })
})

forEachGateway('%s, when the login service is gone,', kind => {
  test('lets nobody in, and says 503 with the time to wait', async () => {
    const business = await startBusinessServer()
    const service = await startService()
    const { token } = await service.logIn()
    const ports = { loginPort: service.port, businessPort: business.port }
    const gateway = await startGatewayProgram(kind, ports, INTERNAL_TOKEN)
    const ask = () => supertest(`http://127.0.0.1:${gateway.port}`).get('/orders').set({ token })
    try {
      await ask().expect(200)
      await service.close()
      const { body, headers } = await ask().expect(503)
      expect(body).toMatchObject({ error: 'shutting_down', action: 'wait', retry_after: 2 })
      expect(headers['retry-after']).toBe('2')
      expect(business.received).toHaveLength(1)
    } finally {
      await gateway.stop()
      await business.close()
    }
  })
})
