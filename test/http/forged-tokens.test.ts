import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SIMULATOR_APP } from '../../src/simulator/index'
import { createClient } from '../support/client'
import { JWT_SECRET, OTHER_APP, type Service, startService } from '../support/service'
import { decode, type Forgery, forgeries, signed } from '../token/forge'
import { exchange, request } from './raw-socket'

let service: Service
let token: string

beforeAll(async () => {
  service = await startService()
  service.simulator.setUnionidBound(SIMULATOR_APP.appid, true)
  token = (await service.logIn('victim')).token
})
afterAll(() => service.close())

const bearer = (value: string) => ({ Authorization: `Bearer ${value}` })

/** Header values that HTTP carries unchanged; the others are in test/token/jwt.test.ts. */
const sendable = (list: readonly Forgery[]) =>
  list.filter(([, forged]) => /^[\x21-\x7e]{1,12000}$/.test(forged))

describe('a forged token', () => {
  test('is told from a good one, and from nothing else: all bodies and headers are the same', async () => {
    const list = sendable(forgeries(token, JWT_SECRET))
    expect(list.length).toBeGreaterThan(150)
    const answers = new Map<string, string>()
    const client = createClient(`http://127.0.0.1:${service.port}`)
    for (const [name, forged] of list) {
      const { status, headers, body } = await client.ask('GET', '/me', { token: forged })
      const text = JSON.stringify(body)
      const same = Object.entries(headers).filter(([key]) => !/^(x-request-id|date)$/.test(key))
      expect(body.request_id).toBe(headers['x-request-id'])
      const shown = text.replace(String(body.request_id), '<id>')
      answers.set(`${status} ${shown} ${JSON.stringify(same)}`, name)
    }
    expect([...answers.keys()]).toHaveLength(1)
    client.close()
    const [only] = answers.keys()
    expect(only).toMatch(/^401 \{"error":"token_invalid"/)
    await service.http.get('/me').set(bearer(token)).expect(200)
  })

  test('is refused alike by every guarded route and in every header', async () => {
    const { header, payload } = decode(token)
    const forged = signed(header, { ...payload, sub: 'somebody' }, 'not the key')
    const routes = ['GET /me', 'PUT /me', 'POST /refresh', 'POST /logout', 'GET /verify']
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ')
      for (const headers of [bearer(forged), { sessionid: forged }, { token: forged }]) {
        const answer = await exchange(service.port, request(`${method} ${path}`, headers))
        const [{ status, text, headers: given } = never()] = answer.answers
        expect([route, status, JSON.parse(text).error]).toEqual([route, 401, 'token_invalid'])
        expect(given['www-authenticate']).toBe('Bearer')
      }
    }
  })

  test('is no login to /checklogin, wherever it is put', async () => {
    const no = { is_login: false, expires_in: 0, session_key: 'unknown', next: 'login' }
    for (const [, forged] of sendable(forgeries(token, JWT_SECRET)).slice(0, 60)) {
      const query = encodeURIComponent(forged)
      for (const ask of [
        service.http.get('/checklogin').set(bearer(forged)),
        service.http.get(`/checklogin?token=${query}`),
        service.http.post('/checklogin').send({ token: forged }),
      ]) {
        const { status, body } = await ask
        expect([status, body]).toEqual([200, { ...no, reason: 'token_invalid' }])
      }
      const { body } = await service.http.post('/isAuth').send({ token: forged }).expect(200)
      expect(body).toEqual({ code: '10200', message: 'token已过期' })
    }
  })

  test('with the right signature does not reach another user’s session', async () => {
    const mallory = decode((await service.logIn('mallory')).token)
    const victim = decode(token)
    const mixed: [Record<string, unknown>, string][] = [
      [{ ...mallory.payload, sid: victim.payload.sid }, 'session_ended'],
      [{ ...victim.payload, sub: mallory.payload.sub }, 'session_ended'],
      [{ ...victim.payload, aud: OTHER_APP.appid }, 'session_ended'],
    ]
    for (const [payload, error] of mixed) {
      const forged = signed(victim.header, payload, JWT_SECRET)
      const { body } = await service.http.get('/me').set(bearer(forged)).expect(401)
      expect(body.error).toBe(error)
    }
    const unknown = signed(victim.header, { ...victim.payload, sid: 'nobody--' }, JWT_SECRET)
    const { body } = await service.http.get('/me').set(bearer(unknown)).expect(401)
    expect(body.error).toBe('session_ended')
  })

  test('that names a key on the net sends nobody there', async () => {
    let visits = 0
    const listener: Server = createServer((_req, res) => {
      visits++
      res.end(JSON.stringify({ keys: [{ kty: 'oct', k: 'YXR0YWNrZXI' }] }))
    })
    await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/jwks.json`
    const { header, payload } = decode(token)
    try {
      for (const name of ['jku', 'x5u', 'kid', 'jwk']) {
        const forged = signed({ ...header, [name]: url }, payload, 'attacker')
        await service.http.get('/me').set(bearer(forged)).expect(401)
      }
    } finally {
      await new Promise(resolve => listener.close(resolve))
    }
    expect(visits).toBe(0)
  })
})

test('a token shows no openid, unionid or session_key, however it is decoded', async () => {
  const { openid, unionid, sessionKey } = service.simulator.user('victim')
  if (!sessionKey) throw new Error('the simulator gave no session_key')
  const [head = '', body = '', signature = ''] = token.split('.')
  const enc = String(decode(token).payload.enc)
  const texts = [token, ...[head, body, signature, ...enc.split('.')].flatMap(decodings)]
  for (const secret of [openid, unionid, sessionKey, Buffer.from(sessionKey, 'base64')]) {
    const forms = typeof secret === 'string' ? decodings(secret).concat(secret) : [bytesOf(secret)]
    for (const form of forms.filter(({ length }) => length > 8)) {
      for (const text of texts) expect(text).not.toContain(form)
    }
  }
  const names = ['iss', 'aud', 'sub', 'sid', 'enc', 'iat', 'exp']
  expect(Object.keys(decode(token).payload).sort()).toEqual(names.sort())
})

describe('a guard reads the token', () => {
  test('from Authorization, sessionid and token headers, in this order', async () => {
    for (const headers of [bearer(token), { sessionid: token }, { token }]) {
      await service.http.get('/me').set(headers).expect(200)
    }
    const both = { ...bearer('nonsense'), sessionid: token, token }
    await service.http.get('/me').set(both).expect(401)
    await service.http.get('/me').set({ sessionid: 'nonsense', token }).expect(401)
    await service.http.get('/me').set({ sessionid: token, token: 'nonsense' }).expect(200)
  })

  test('whatever the case of the scheme, also without one, and from no other scheme', async () => {
    for (const scheme of ['bearer ', 'BEARER ', 'Bearer  ', '']) {
      await service.http.get('/me').set('Authorization', `${scheme}${token}`).expect(200)
    }
    const refused = async (value: string) => {
      const { status, body } = await service.http.get('/me').set('Authorization', value)
      return [value, status, body.error]
    }
    const others = [`Basic ${token}`, `Token ${token}`, `Bearer`, '']
    for (const value of [...others, `Bearer x ${token}`, `Basic Bearer ${token}`]) {
      expect(await refused(value)).toEqual([value, 401, 'token_missing'])
    }
    for (const value of [`Bearer${token}`, `Bearer,${token}`]) {
      expect(await refused(value)).toEqual([value, 401, 'token_invalid'])
    }
  })

  test('never from the query, the body or a cookie', async () => {
    const names = ['token', 'sessionid', 'access_token', 'Authorization', 'authorization']
    for (const name of names) {
      const value = name.toLowerCase() === 'authorization' ? `Bearer ${token}` : token
      const query = `${name}=${encodeURIComponent(value)}`
      for (const ask of [
        service.http.get(`/me?${query}`),
        service.http.get('/me').set('Cookie', `${name}=${value}`),
        service.http.put(`/me?${query}`).send({ [name]: value }),
        service.http.post('/logout').send({ [name]: value }),
        service.http.post('/refresh').send({ [name]: value }),
        service.http.get('/verify').set('X-Original-Uri', `/?${query}`),
        service.http.get('/me').set('X-Access-Token', value),
      ]) {
        const { status, body } = await ask
        expect([name, status, body.error]).toEqual([name, 401, 'token_missing'])
      }
    }
    await service.http.get('/me').set(bearer(token)).expect(200)
  })

  test('from one Authorization header: two are a malformed request', async () => {
    const two = [
      [`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`],
      [`Authorization: Bearer ${token}`, 'authorization: Bearer other'],
      ['AUTHORIZATION: Basic eDp5', `Authorization: Bearer ${token}`],
    ]
    for (const [path, lines] of two.flatMap(l => [['/me', l] as const, ['/verify', l] as const])) {
      const head = [`GET ${path} HTTP/1.1`, 'Host: x', ...lines, '', ''].join('\r\n')
      const [answer = never()] = (await exchange(service.port, head)).answers
      expect(answer.status).toBe(400)
      expect(JSON.parse(answer.text)).toMatchObject({
        error: 'invalid_request',
        field: 'Authorization',
      })
      expect(answer.text).not.toContain(token)
    }
  })
})

test('a token of one service is not taken by another that has the same key and another app', async () => {
  const { simulator, clock } = service
  const apps = { [OTHER_APP.appid]: OTHER_APP.secret }
  const other = await startService({ simulator, clock, apps })
  try {
    const { body } = await other.http.get('/me').set(bearer(token)).expect(401)
    expect(body.error).toBe('token_invalid')
    const code = simulator.mintCode({ appid: OTHER_APP.appid })
    const theirs = (await other.http.post('/login').send({ code }).expect(200)).body.token
    await other.http.get('/me').set(bearer(theirs)).expect(200)
    // Our service has both apps but not their session.
    const ours = await service.http.get('/me').set(bearer(theirs)).expect(401)
    expect(ours.body.error).toBe('session_ended')
  } finally {
    await other.close()
  }
})

const bytesOf = (bytes: Buffer) => bytes.toString('latin1')
function decodings(text: string): string[] {
  const decoded = (['base64', 'base64url', 'hex'] as const).map(form => Buffer.from(text, form))
  const encoded = (['base64', 'base64url', 'hex'] as const).map(form =>
    Buffer.from(text).toString(form).replace(/=+$/, ''),
  )
  return [...decoded.map(bytesOf), ...encoded]
}

function never(): never {
  throw new Error('no answer')
}
