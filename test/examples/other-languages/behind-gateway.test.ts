import supertest from 'supertest'
import { available } from '../../support/databases'
import { type Nginx, startNginx } from '../../support/nginx'
import { INTERNAL_TOKEN, type Service, startService } from '../../support/service'
import { type Running, startProgram } from './program'

const programs = [available('python3'), available('nginx')]
const describePrograms = programs.every(Boolean) ? describe : describe.skip

describePrograms('behind_gateway.py behind nginx', () => {
  let service: Service
  let program: Running
  let nginx: Nginx
  beforeAll(async () => {
    service = await startService({ trustProxy: 1 })
    program = await startProgram('behind_gateway.py', {})
    const ports = { loginPort: service.port, businessPort: program.port }
    nginx = await startNginx({ ...ports, internalToken: INTERNAL_TOKEN })
  })
  afterAll(async () => {
    await nginx?.stop()
    await program?.stop()
    await service.close()
  })
  const order = (headers: Readonly<Record<string, string>>) =>
    supertest(nginx.url).get('/orders').set(headers)

  test('hears whose request it is, whatever a client claims', async () => {
    const { token } = await service.logIn()
    const { id } = (await service.http.get('/me').set('token', token)).body
    const claims = { 'X-User-Id': 'somebody-else', 'X-Openid': 'another' }
    const { body } = await order({ Authorization: `Bearer ${token}`, ...claims }).expect(200)
    expect(body).toEqual({ user_id: id, openid: service.simulator.user('alice').openid })
  })

  test('is not reached without a token, or after a log-out', async () => {
    const { token } = await service.logIn()
    await order({ token }).expect(200)
    await service.http.post('/logout').set('token', token)
    expect((await order({ token }).expect(401)).body.error).toBe('session_ended')
    expect((await order({}).expect(401)).body.error).toBe('token_missing')
  })

  test('refuses a request that came without the gateway’s header', async () => {
    const { status, body } = await program.order('any')
    expect([status, body.error]).toEqual([401, 'token_missing'])
  })
})
