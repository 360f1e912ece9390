import { request } from 'node:http'
import express from 'express'
import supertest from 'supertest'
import { createApp, createLogin } from '../../src/index'
import { createSimulator } from '../../src/simulator/index'
import { type InProcess, startInProcess } from '../support/running-server'
import { startServer } from '../support/server-process'
import { JWT_SECRET, OTHER_APP } from '../support/service'
import { temporaryFolder } from '../support/temporary'

let server: InProcess
beforeAll(async () => {
  const quiet = jest.spyOn(process.stderr, 'write').mockReturnValue(true)
  server = await startInProcess()
  quiet.mockRestore()
})
afterAll(() => server.stop({ atOnce: true }))

const http = () => supertest(server.url)
const simulator = (path: string, body: object) =>
  http().post(`/playground/simulator${path}`).send(body)

describe('in development, on the simulator', () => {
  test('the page is served with a policy that lets it reach its own origin alone', async () => {
    const { text, headers } = await http().get('/').expect(200).expect('Content-Type', /html/)
    const policy = String(headers['content-security-policy'])
    const nonce = /script-src 'nonce-([^']+)';/.exec(policy)?.[1]
    expect(text).toContain(`<script type="module" src="/playground/main.mjs" nonce="${nonce}">`)
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("connect-src 'self'")
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    expect(headers['cache-control']).toBe('no-store')
  })

  test('every answer has a nonce of its own', async () => {
    const policies = await Promise.all([http().get('/'), http().get('/')])
    const [first, second] = policies.map(({ headers }) => headers['content-security-policy'])
    expect(first).not.toBe(second)
  })

  test('HEAD is answered, and another method is none of its own', async () => {
    expect((await http().head('/').expect(200)).text).toBeUndefined()
    await http().post('/').send({}).expect(404)
    await http().get('/playground/').expect(404)
    await http().get('/playground/../package.json').expect(404)
  })

  test.each([
    ['/playground/clock', ['PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'GET, HEAD, POST'],
    ['/playground/calls', ['POST', 'DELETE'], 'GET, HEAD'],
    ['/playground/main.mjs', ['POST', 'DELETE'], 'GET, HEAD'],
    ['/playground/simulator/codes', ['GET', 'PUT'], 'POST'],
  ])('%s has methods of its own: %j are 405 with Allow', async (path, methods, allow) => {
    for (const method of methods) {
      const answer = await fetch(server.url + path, { method })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow])
      expect(await answer.json()).toMatchObject({ error: 'method_not_allowed' })
    }
  })

  test.each(['/', '/playground/main.mjs', '/playground/calls', '/playground/clock'])(
    '%s is read by GET and HEAD, and every answer has an id',
    async path => {
      for (const method of ['GET', 'HEAD']) {
        const { status, headers } = await fetch(server.url + path, { method })
        expect(status).toBe(200)
        expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/)
        expect(headers.get('cache-control')).toBe('no-store')
        expect(headers.get('x-content-type-options')).toBe('nosniff')
      }
    },
  )

  test('a code of the phone logs in, and a fault that was asked for strikes', async () => {
    const { body } = await simulator('/codes', { user: 'alice' }).expect(200)
    await http().post('/login').send({ code: body.code }).expect(200)
    await simulator('/faults', { errcode: 40226 }).expect(200)
    const { body: again } = await simulator('/codes', { user: 'alice' })
    const refused = await http().post('/login').send({ code: again.code }).expect(403)
    expect(refused.body.error).toBe('user_blocked')
    const calls = await http().get('/playground/calls').expect(200)
    expect(calls.body.calls.at(-1)).toMatchObject({ path: '/sns/jscode2session', errcode: 40226 })
  })

  test('what the simulator refuses is refused here, and what the page has no need of is not there', async () => {
    await simulator('/codes', { usr: 'x' }).expect(400)
    await simulator('/secrets', { appid: 'x', secrets: ['y'] }).expect(404)
    await simulator('/../sns/jscode2session', {}).expect(404)
  })

  test('what the page asks for itself is not in the request log', async () => {
    await http().get('/playground/calls').expect(200)
    expect(server.lines.filter(line => line.includes('/playground'))).toEqual([])
  })

  test('a page of another origin cannot ask, and no form can', async () => {
    const foreign = { Origin: 'http://localhost:8080' }
    await http().post('/playground/simulator/faults').set(foreign).send({ errcode: -1 }).expect(404)
    await http().get('/playground/calls').set('Sec-Fetch-Site', 'cross-site').expect(404)
    const asForm = http().post('/playground/simulator/faults').type('text/plain')
    await asForm.send('{"errcode":-1}').expect(415)
  })

  test.each([{ Host: 'rebound.example' }, { 'X-Forwarded-For': '203.0.113.9' }])(
    'somebody elsewhere (%j) finds nothing',
    async headers => {
      for (const path of ['/', '/playground/main.mjs', '/playground/calls']) {
        await http().get(path).set(headers).expect(404)
      }
      await http().post('/playground/clock').set(headers).send({ seconds: 60 }).expect(404)
    },
  )

  test('the clock that is put forward is the server’s and WeChat’s: tokens expire, data stays fresh', async () => {
    const { body } = await simulator('/codes', { user: 'grace' })
    const { token } = (await http().post('/login').send({ code: body.code }).expect(200)).body
    const me = () => http().get('/me').set('Authorization', `Bearer ${token}`)
    await me().expect(200)
    await http().post('/playground/clock').send({ seconds: 3600 }).expect(200)
    const data = await simulator('/phone-number', { user: 'grace' })
    await http()
      .post('/decrypt')
      .set('Authorization', `Bearer ${token}`)
      .send(data.body)
      .expect(200)
    const { body: clock } = await http().post('/playground/clock').send({ seconds: 3601 })
    expect(clock).toEqual({ now: expect.any(Number), ahead_seconds: 7201, moves: true })
    expect((await me().expect(401)).body.error).toBe('token_expired')
    const wrong = await http().post('/playground/clock').send({ seconds: -1 }).expect(400)
    expect(wrong.body).toMatchObject({ error: 'invalid_request', field: 'seconds' })
  })
})

/** What a GET of `/` and of a path of the playground's own get. */
async function statuses(url: string): Promise<(number | undefined)[]> {
  const paths = ['/', '/playground/main.mjs', '/playground/calls']
  return Promise.all(
    paths.map(
      path =>
        new Promise<number | undefined>((resolve, reject) => {
          request(url + path, { agent: false }, res => {
            res.resume()
            resolve(res.statusCode)
          })
            .on('error', reject)
            .end()
        }),
    ),
  )
}

const NOWHERE = [404, 404, 404]

test('a server that asks another WeChat has no playground', async () => {
  const wechat = createSimulator({ apps: { [OTHER_APP.appid]: OTHER_APP.secret } })
  const WX_API_BASE_URL = await wechat.listen()
  const real = { WX_APPID: OTHER_APP.appid, WX_SECRET: OTHER_APP.secret, JWT_SECRET }
  const development = await startInProcess({ ...real, WX_API_BASE_URL })
  const production = await startInProcess({ ...real, NODE_ENV: 'production' })
  expect(await statuses(development.url)).toEqual(NOWHERE)
  expect(await statuses(production.url)).toEqual(NOWHERE)
  await Promise.all([development.stop({ atOnce: true }), production.stop({ atOnce: true })])
  await wechat.close()
})

test('a library has no playground, neither mounted nor as an app, on the simulator neither', async () => {
  const wechat = createSimulator()
  const options = {
    apps: { wx0000000000000000: '5117a7ed5ec7e70005117a7ed5ec7e70' },
    wxApiBaseUrl: await wechat.listen(),
    jwtSecret: JWT_SECRET,
    database: 'memory:',
    log: { info() {}, warn() {}, error() {} },
  }
  const mounted = await createLogin(options)
  const standalone = await createApp(options)
  for (const app of [express().use(mounted.router), standalone.app]) {
    const listening = app.listen(0, '127.0.0.1')
    await new Promise(resolve => listening.once('listening', resolve))
    const { port } = listening.address() as { port: number }
    expect(await statuses(`http://127.0.0.1:${port}`)).toEqual(NOWHERE)
    await new Promise(resolve => listening.close(resolve))
  }
  await Promise.all([mounted.close(), standalone.login.close(), wechat.close()])
})

test('with several processes the page is there, and the clock stands where it is', async () => {
  const folder = temporaryFolder()
  const cluster = await startServer({ WORKERS: '2' }, folder.path)
  try {
    await supertest(cluster.url).get('/').expect(200)
    const clock = await supertest(cluster.url).get('/playground/clock').expect(200)
    expect(clock.body).toMatchObject({ ahead_seconds: 0, moves: false })
    await supertest(cluster.url).post('/playground/clock').send({ seconds: 60 }).expect(405)
    const { body } = await supertest(cluster.url).post('/playground/simulator/codes').send({})
    await supertest(cluster.url).post('/login').send({ code: body.code }).expect(200)
  } finally {
    await cluster.stop('SIGKILL')
    folder.remove()
  }
})
