import { createLog } from '../../src/log'
import { SIMULATOR_APP } from '../../src/simulator/index'
import { HOSTS, type Service, startService } from '../support/service'

const APPID = SIMULATOR_APP.appid

/** The service's log as an operator reads it: a line of JSON each. */
let lines: Record<string, unknown>[]
let service: Service

async function start(host: (typeof HOSTS)[number]): Promise<void> {
  lines = []
  const write = (line: string) => void lines.push(JSON.parse(line))
  service = await startService({ host, log: createLog({ format: 'json', write }) })
}
afterEach(() => service.close())

const post = (path: string) => service.http.post(`${service.prefix}${path}`)
const idOf = ({ headers }: { headers: Record<string, string> }) => headers['x-request-id']
/** What every line has, and what the log itself adds. */
const common = { time: expect.any(String), level: 'info', ip: '127.0.0.1' }
const took = expect.any(Number)

/** The line, but for the number of the process. */
const withoutPid = ({ pid: _pid, ...line }: Record<string, unknown>) => line

describe.each(HOSTS)('what an operator reads (%s)', host => {
  beforeEach(() => start(host))

  test('a login, a refused code, a log-out and a forged token leave four lines', async () => {
    const code = service.simulator.mintCode({ user: 'alice' })
    const login = await post('/login').send({ code }).expect(200)
    const refused = await post('/login').send({ code }).expect(400)
    const { token } = login.body
    const logout = await post('/logout').set('token', token).send({}).expect(200)
    const forged = await service.http
      .get(`${service.prefix}/checklogin`)
      .set('Authorization', `Bearer ${token.slice(0, -4)}AAAA`)
      .expect(200)

    const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())
    const whose = { appid: APPID, user: claims.sub, session: claims.sid.slice(0, 8) }
    expect(lines.map(withoutPid)).toEqual([
      {
        ...{ ...common, event: 'login.succeeded', outcome: 'success', ...whose },
        ...{ request_id: idOf(login), duration_ms: took, is_new_user: true },
      },
      {
        ...{ ...common, event: 'login.refused', outcome: 'refused', error: 'code_used' },
        ...{ appid: APPID, request_id: idOf(refused), reason: 'repeated_code', is_repeat: true },
        duration_ms: took,
      },
      {
        ...{ ...common, event: 'session.ended', outcome: 'success', reason: 'logout', ...whose },
        request_id: idOf(logout),
      },
      {
        ...{ ...common, event: 'token.refused', outcome: 'refused', error: 'token_invalid' },
        ...{ request_id: idOf(forged), duration_ms: took },
      },
    ])
  })
})

describe('a token that does not hold is told once, wherever it is shown', () => {
  beforeEach(() => start('standalone'))
  const FORGED = 'e30.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
  const bearer = { Authorization: `Bearer ${FORGED}` }

  test.each<[string, () => PromiseLike<unknown>]>([
    ['GET /me', () => service.http.get('/me').set(bearer)],
    ['GET /verify', () => service.http.get('/verify').set(bearer)],
    ['POST /refresh', () => service.http.post('/refresh').set('token', FORGED)],
    ['POST /logout', () => service.http.post('/logout').set('sessionid', FORGED)],
    ['GET /checklogin', () => service.http.get('/checklogin').set(bearer)],
    ['GET /checklogin?token=', () => service.http.get(`/checklogin?token=${FORGED}`)],
    ['POST /checklogin', () => service.http.post('/checklogin').send({ token: FORGED })],
    ['POST /isAuth', () => service.http.post('/isAuth').send({ token: FORGED })],
  ])('at %s', async (_route, show) => {
    await show()
    expect(lines).toMatchObject([{ event: 'token.refused', error: 'token_invalid' }])
    expect(JSON.stringify(lines)).not.toContain(FORGED)
  })

  test('and one that holds leaves no line, however often it is shown', async () => {
    const { token } = await service.logIn()
    lines.length = 0
    await service.http.get('/me').set('token', token).expect(200)
    await service.http.get(`/checklogin?token=${token}`).expect(200)
    await service.http.post('/isAuth').send({ token }).expect(200)
    await service.http.post('/refresh').set('token', token).expect(200)
    expect(lines).toEqual([])
  })

  test('nor does a request that shows none', async () => {
    await service.http.get('/me').expect(401)
    await service.http.get('/checklogin').expect(200)
    expect(lines).toEqual([])
  })
})

test('an expired token is told with its user, for its signature proved right', async () => {
  await start('standalone')
  const { token } = await service.logIn()
  lines.length = 0
  service.clock.advance(7200)
  await service.http.get('/me').set('token', token).expect(401)
  const { sub, sid } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  expect(lines).toMatchObject([
    { event: 'token.refused', error: 'token_expired', user: sub, session: sid.slice(0, 8) },
  ])
})

test('callers who share an answer are one login, and each of their requests is found in its line', async () => {
  await start('Express 5, mounted')
  const code = service.simulator.mintCode()
  service.simulator.fail({ late: 150 })
  const sent = Array.from({ length: 5 }, () => post('/login').send({ code }).expect(200))
  const ids = (await Promise.all(sent)).map(idOf)
  const logins = lines.filter(({ event }) => event === 'login.succeeded')
  expect(logins).toMatchObject([{ sharers: 4 }])
  const [{ request_id, shared_by } = {}] = logins
  expect([request_id, ...String(shared_by).split(',')].sort()).toEqual(ids.sort())
})
