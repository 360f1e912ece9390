import http from 'node:http'
import { ERRORS } from '../../src/errors'
import { type Service, startService } from '../support/service'
import { type BodyCase, CANARY, CORPUS } from './json-corpus'

let service: Service
let agent: http.Agent
beforeAll(async () => {
  service = await startService()
  agent = new http.Agent({ keepAlive: true })
})
afterAll(async () => {
  agent.destroy()
  await service.close()
})

const PROTOTYPES = [Object.prototype, Array.prototype, String.prototype, Function.prototype]
const namesOf = (object: object) => Reflect.ownKeys(object)
const NAMES_BEFORE = PROTOTYPES.map(namesOf)

const OURS = ['error', 'message', 'message_en', 'action', 'retry_after', 'request_id', 'field']

function post(path: string, { body, type = 'application/json' }: BodyCase) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = {
      'Content-Length': Buffer.byteLength(body),
      ...(type !== '' && { 'Content-Type': type }),
    }
    const options = { agent, port: service.port, path, method: 'POST', headers }
    const req = http.request({ ...options, host: '127.0.0.1' }, res => {
      let text = ''
      res.setEncoding('utf8').on('data', part => {
        text += part
      })
      res.on('end', () => {
        resolve({ status: res.statusCode ?? 0, text })
      })
    })
    req.on('error', reject)
    req.end(body)
  })
}

describe('a body that no mini program would send', () => {
  test('comes in more than 200 kinds', () => {
    const kinds = new Set(CORPUS.map(({ body, type }) => `${type} ${body.toString('latin1')}`))
    expect(kinds.size).toBe(CORPUS.length)
    expect(kinds.size).toBeGreaterThan(200)
  })

  test.each(CORPUS.map(one => [one.name, one] as const))('%j is refused', async (_name, one) => {
    const { status, text } = await post('/login', one)
    expect([400, 413, 415]).toContain(status)
    const answer = JSON.parse(text)
    expect(Object.hasOwn(ERRORS, answer.error)).toBe(true)
    expect(ERRORS[answer.error as keyof typeof ERRORS].status).toBe(status)
    for (const key of Object.keys(answer)) expect(OURS).toContain(key)
    expect(text).not.toContain(CANARY)
    expect(text).not.toMatch(/unexpected|position|SyntaxError|JSON at|JSON\.parse|node_modules/i)
    expect(service.simulator.calls).toHaveLength(0)
    expect(service.logLines.filter(({ event }) => event === 'internal')).toEqual([])
  })

  test('is refused alike by every other route that takes a login code', async () => {
    // The aliases take `null` for absent, as they look in the query next. They take forms, too: what
    // is refused of those stands in json-body.test.ts.
    const corpus = CORPUS.filter(
      ({ body, type }) => !body.includes('"appid":null') && !type?.includes('form-urlencoded'),
    )
    for (const one of corpus) {
      const auth = await post('/auth', one)
      const onlogin = await post('/wx/onlogin', one)
      const login = await post('/login', one)
      const { error } = JSON.parse(login.text)
      expect([one.name, auth.status, JSON.parse(auth.text).code]).toEqual([
        one.name,
        login.status,
        error,
      ])
      expect([one.name, onlogin.status, JSON.parse(onlogin.text).error]).toEqual([
        ...[one.name, login.status, error],
      ])
      expect(auth.text + onlogin.text).not.toContain(CANARY)
    }
    expect(service.simulator.calls).toHaveLength(0)
  })

  test('never makes /checklogin or /isAuth say yes, or fail', async () => {
    for (const one of CORPUS) {
      const check = await post('/checklogin', one)
      const isAuth = await post('/isAuth', one)
      expect([200, 400, 413, 415]).toContain(check.status)
      expect([200, 400, 413, 415]).toContain(isAuth.status)
      expect(check.text).not.toContain('"is_login":true')
      expect(isAuth.text).not.toContain('"200"')
      expect(check.text + isAuth.text).not.toContain(CANARY)
    }
  })

  test('leaves every object’s prototype as it was', () => {
    // This file's realm is the service's own: what it had polluted would be seen here.
    expect(PROTOTYPES.map(namesOf)).toEqual(NAMES_BEFORE)
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(({} as Record<string, unknown>).code).toBeUndefined()
  })

  test('is logged without any of it', () => {
    expect(service.requestLines.length).toBeGreaterThan(CORPUS.length)
    for (const line of service.requestLines) expect(line).not.toContain(CANARY)
    expect(JSON.stringify(service.logLines)).not.toContain(CANARY)
  })
})

describe('a field that names who one is', () => {
  const SLOTS = ['openid', 'open_id', 'unionid', 'userId', 'user_id', 'sub', 'sid', 'session_key']

  test('is ignored in the body, the query and the headers of a login', async () => {
    const before = await service.logIn('honest')
    const { openid } = service.simulator.user('victim')
    const victim = await service.logIn('victim')
    const claims = Object.fromEntries(SLOTS.map(name => [name, openid]))
    const query = new URLSearchParams(claims)
    const code = service.simulator.mintCode({ user: 'honest' })
    const { body } = await service.http
      .post(`/login?${query}&appid=wx1111111111111111`)
      .set({ ...claims, 'X-WX-OPENID': openid, 'X-User-Id': openid, Cookie: `openid=${openid}` })
      .set('Authorization', `Bearer ${victim.token}`)
      .send({ code, ...claims, user: 'victim', is_admin: true })
      .expect(200)
    const ids = await Promise.all([before.token, body.token, victim.token].map(idOf))
    expect(ids[1]).toBe(ids[0])
    expect(ids[1]).not.toBe(ids[2])
  })

  test('does not make a login out of a request that has no code', async () => {
    const { openid } = service.simulator.user('victim')
    const { body } = await service.http.post('/login').send({ openid }).expect(400)
    expect(body.error).toBe('code_missing')
  })

  test('is not kept by PUT /me', async () => {
    const { token } = await service.logIn('honest')
    const bearer = { Authorization: `Bearer ${token}` }
    const before = await service.http.get('/me').set(bearer).expect(200)
    const change = {
      ...Object.fromEntries(SLOTS.map(name => [name, 'victim'])),
      id: 'x',
      appid: 'y',
    }
    await service.http.put('/me').set(bearer).send(change).expect(400)
    const mixed = { ...change, nickname: before.body.nickname }
    const after = await service.http.put('/me').set(bearer).send(mixed).expect(200)
    expect(after.body).toEqual(before.body)
  })

  async function idOf(token: string): Promise<string> {
    const { body } = await service.http.get('/me').set('Authorization', `Bearer ${token}`)
    return body.id
  }
})

test('a code reaches WeChat as one parameter, whatever is in it', async () => {
  const codes = ['x&appid=evil&secret=evil#', 'a=b', '%26secret%3Dx', '?x', '+', '/../', '"\\\'<>']
  for (const code of codes) {
    service.simulator.reset()
    const { body } = await service.http.post('/login').send({ code })
    expect([code, body.error]).toEqual([code, 'code_invalid'])
    const [call, ...more] = service.simulator.calls
    expect(more).toEqual([])
    expect(call?.query).toEqual([
      ['appid', 'wx0000000000000000'],
      ['secret', expect.any(String)],
      ['js_code', code],
      ['grant_type', 'authorization_code'],
    ])
  }
})

test('a client that hangs up in mid-login can ask again, and there is one session', async () => {
  service.simulator.reset()
  const code = service.simulator.mintCode({ user: 'hasty' })
  service.simulator.fail({ late: 150 })
  const options = { host: '127.0.0.1', port: service.port, path: '/login', method: 'POST' }
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': 'try-1' }
  const first = http.request({ ...options, headers })
  first.on('error', () => {})
  first.end(JSON.stringify({ code }))
  while (service.simulator.calls.length === 0) await new Promise(resolve => setTimeout(resolve, 5))
  first.destroy()
  const again = () => service.http.post('/login').set('Idempotency-Key', 'try-1').send({ code })
  const one = await again().expect(200)
  const two = await again().expect(200)
  expect(two.body.token).toBe(one.body.token)
  expect(service.simulator.calls).toHaveLength(1)
})
