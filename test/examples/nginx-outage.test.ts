import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import supertest from 'supertest'
import { LoginError } from '../../src/errors'
import { createRequireLogin } from '../../src/http/require-login'
import { answerGateway } from '../../src/http/router'
import { type BusinessServer, startBusinessServer } from '../support/business-server'
import { available } from '../support/databases'
import { type Nginx, startNginx } from '../support/nginx'
import { INTERNAL_TOKEN } from '../support/service'

const describeNginx = available('nginx') ? describe : describe.skip

describeNginx('nginx with examples/nginx, when the login service', () => {
  let loginService: Server
  let behaviour: RequestListener
  let business: BusinessServer
  let nginx: Nginx

  beforeAll(async () => {
    business = await startBusinessServer()
    loginService = createServer((req, res) => behaviour(req, res))
    await new Promise<void>(resolve => loginService.listen(0, '127.0.0.1', resolve))
    nginx = await startNginx({
      loginPort: (loginService.address() as AddressInfo).port,
      businessPort: business.port,
      internalToken: INTERNAL_TOKEN,
    })
  })
  afterAll(async () => {
    await stop()
    await business.close()
    await nginx.stop()
  })

  async function stop(): Promise<void> {
    if (!loginService.listening) return
    loginService.closeAllConnections()
    await new Promise(resolve => loginService.close(resolve))
  }

  /** `/verify` as the service builds it, whose guard comes to this. */
  function failing(error: LoginError): RequestListener {
    const log = { info() {}, warn() {}, error() {} }
    const identify = () => Promise.reject(error)
    const guard = createRequireLogin({ identify, readToken: () => undefined, log })
    return (req, res) => answerGateway(req, res, () => guard(req, res, () => {}))
  }

  async function refused(path = '/orders') {
    const answer = await supertest(nginx.url).post(path).set('token', 'any').send({ n: 1 })
    expect(business.received).toEqual([])
    return answer
  }

  test.each(['store_unavailable', 'overloaded', 'shutting_down', 'rate_limited'] as const)(
    'says %s, so does nginx, and the business server is never asked',
    async code => {
      const error = new LoginError(code, { retryAfter: 7 })
      behaviour = failing(error)
      const { status, headers, body } = await refused()
      expect(status).toBe(error.status)
      expect(headers).toMatchObject({
        'retry-after': '7',
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      expect(body).toEqual(error.body(String(headers['x-request-id'])))
    },
  )

  test('disables a user, nginx says 403 and why', async () => {
    behaviour = (_req, res) => void res.writeHead(403, { 'X-Login-Error': 'user_disabled' }).end()
    const { status, headers, body } = await refused()
    expect(status).toBe(403)
    expect(headers['content-type']).toBe('application/json; charset=utf-8')
    expect(body).toMatchObject({ error: 'user_disabled', action: 'contact_admin' })
  })

  const failures: Record<string, RequestListener> = {
    'fails with 500': failing(new LoginError('internal')),
    'is something else, which knows no /verify': (_req, res) => void res.writeHead(404).end(),
    redirects: (_req, res) => void res.writeHead(302, { Location: '/' }).end(),
    'talks nonsense': (_req, res) => void res.socket?.end('nonsense\r\n\r\n'),
    'breaks off': (_req, res) => void res.socket?.destroy(),
    'gives a Retry-After that is no number': (_req, res) =>
      void res.writeHead(503, { 'Retry-After': '"},{"' }).end(),
    'never answers': () => {},
    // The last one: nobody listens from here on.
    'is down': () => {},
  }
  test.each(Object.keys(failures))(
    '%s, nginx says 503 in our error shape, and the business server is never asked',
    async what => {
      behaviour = failures[what] as RequestListener
      if (what === 'is down') await stop()
      for (const path of what === 'is down' ? ['/orders', '/login'] : ['/orders']) {
        const { status, headers, body } = await refused(path)
        expect(status).toBe(503)
        expect(headers['retry-after']).toBe('2')
        const error = new LoginError('shutting_down')
        expect(body).toEqual(error.body(String(headers['x-request-id'])))
      }
    },
  )

  test('is down, nginx’s logs still hold no token', async () => {
    await stop()
    await supertest(nginx.url).get('/checklogin?token=query-canary').expect(503)
    while (!nginx.accessLog().includes('/checklogin')) await sleep(20)
    expect(nginx.accessLog()).toContain('/checklogin')
    expect(nginx.accessLog() + nginx.errorLog()).not.toContain('canary')
  })
})
