import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { available } from '../../support/databases'
import { INTERNAL_TOKEN, type Service, startService } from '../../support/service'
import { type Running, startProgram } from './program'

const PROGRAMS = [
  ['introspection.py', available('python3')],
  ['Introspection.java', available('java')],
] as const

/** A proxy that no program may use: the token and the credential would pass through it. */
const PROXY = 'http://127.0.0.1:9'

for (const [file, isThere] of PROGRAMS) {
  const describeProgram = isThere ? describe : describe.skip
  describeProgram(file, () => {
    let service: Service
    let program: Running
    const start = (port: number, internalToken = INTERNAL_TOKEN) =>
      startProgram(file, {
        ...{ LOGIN_URL: `http://127.0.0.1:${port}`, INTERNAL_TOKEN: internalToken },
        ...{ http_proxy: PROXY, HTTP_PROXY: PROXY, no_proxy: '', NO_PROXY: '' },
      })
    beforeAll(async () => {
      service = await startService()
      program = await start(service.port)
    })
    afterAll(async () => {
      await program?.stop()
      await service.close()
    })

    test('serves who is logged in, and knows the openid', async () => {
      const { token } = await service.logIn()
      const { id } = (await service.http.get('/me').set('token', token)).body
      const { status, body } = await program.order(token)
      expect([status, body]).toEqual([
        200,
        { user_id: id, openid: service.simulator.user('alice').openid },
      ])
    })

    test('refuses from the next request after a log-out', async () => {
      const { token } = await service.logIn()
      expect((await program.order(token)).status).toBe(200)
      await service.http.post('/logout').set('token', token)
      const { status, body, headers } = await program.order(token)
      expect([status, body.error]).toEqual([401, 'token_invalid'])
      expect(headers['www-authenticate']).toBe('Bearer')
    })

    test.each([undefined, '', 'x', 'x.y.z', 'a&token=b', '%'])('refuses %j', async token => {
      expect((await program.order(token)).status).toBe(401)
    })

    describe('lets nobody in, and says 503 and not 401, while the login service', () => {
      let answer: readonly [status: number, text: string] = [200, '']
      const broken = createServer((_req, res) => res.writeHead(answer[0]).end(answer[1]))
      let other: Running
      beforeAll(async () => {
        await new Promise<void>(resolve => broken.listen(0, '127.0.0.1', resolve))
        other = await start((broken.address() as AddressInfo).port)
      })
      afterAll(async () => {
        await other?.stop()
        stopListening()
      })
      function stopListening(): void {
        broken.close()
        broken.closeAllConnections()
      }

      test.each([
        ['answers with an error', 500, '{"error":"internal"}'],
        ['cannot ask its store', 503, '{"error":"store_unavailable"}'],
        ['does not take the credential', 401, '{"error":"internal_token_invalid"}'],
        ['is another one', 200, '{"status":"ok"}'],
        ['answers with a page', 200, '<html>active: true</html>'],
        ['answers with nothing', 200, ''],
      ])('%s', async (_name, status, text) => {
        answer = [status, text]
        const { status: given, headers } = await other.order('x.y.z')
        expect([given, headers['retry-after']]).toEqual([503, '2'])
      })

      test('is away', async () => {
        stopListening()
        expect((await other.order('x.y.z')).status).toBe(503)
      })
    })
  })
}
