import { headerText } from '../../../src/http/endpoints/verify-endpoint'
import { SIMULATOR_APP } from '../../../src/simulator/index'
import { INTERNAL_TOKEN, type Service, startService } from '../../support/service'
import { exchange, request } from '../raw-socket'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

async function shown(user: string, headers: Record<string, string> = {}) {
  const { token } = await service.logIn(user)
  const answer = await service.http.get('/verify').set({ token, ...headers })
  expect([answer.status, answer.text]).toEqual([200, ''])
  const names = Object.keys(answer.headers).filter(name => /^x-(user|app|open|union)/.test(name))
  return Object.fromEntries(names.map(name => [name, answer.headers[name]]))
}

test('anybody with a token is told the user id and the app, and the rest is there and empty', async () => {
  const told = {
    'x-user-id': expect.any(String),
    'x-appid': SIMULATOR_APP.appid,
    'x-openid': '',
    'x-unionid': '',
  }
  expect(await shown('alice')).toEqual(told)
  expect(await shown('alice', { 'X-Internal-Token': `${INTERNAL_TOKEN}x` })).toEqual(told)
})

test('a gateway with the internal token is told openid and unionid too, where there is one', async () => {
  const gateway = { 'X-Internal-Token': INTERNAL_TOKEN }
  const { openid } = service.simulator.user('bob')
  expect(await shown('bob', gateway)).toMatchObject({ 'x-openid': openid, 'x-unionid': '' })
  service.simulator.setUnionidBound(SIMULATOR_APP.appid, true)
  expect(await shown('carol', gateway)).toMatchObject({
    'x-openid': service.simulator.user('carol').openid,
    'x-unionid': service.simulator.user('carol').unionid,
  })
})

test('an openid that no header can carry is percent-encoded, and no two come out alike', async () => {
  service.simulator.fail({ transport: 'openidwide' })
  const wide = await shown('dan', { 'X-Internal-Token': INTERNAL_TOKEN })
  expect(wide['x-openid']).toMatch(/^oSIM(%[0-9A-F]{2})+$/)
  expect(decodeURIComponent(String(wide['x-openid']))).toBe('oSIM微信Ā😀')

  const texts = ['o-Ab_9', 'é', '%C3%A9', 'Ā', '%', '%25', 'a b', 'a\r\nX-User-Id: 1', '\ud800', '']
  const values = texts.map(headerText)
  expect(new Set(values).size).toBe(texts.length)
  for (const value of values) expect(value).toMatch(/^[\x21-\x7e]*$/)
  expect(values[0]).toBe(texts[0])
})

describe('a gateway that cannot choose its request', () => {
  const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE']
  const PATHS = [
    '/verify',
    '/verify/',
    '/verify/orders/7',
    '/VERIFY/a%2Fb',
    '/verify/%ff?x=%',
    '/verify//x',
  ]
  const BODY = '{"not":"ours"'

  async function ask(line: string, headers: object) {
    const sent = { 'Content-Type': 'text/weird', 'Content-Length': BODY.length, ...headers }
    const { answers } = await exchange(service.port, request(line, sent, BODY))
    const [answer] = answers
    return [answer?.status, answer?.text, answer?.headers] as const
  }

  test.each(METHODS)('may ask by %s, at any path below, with any body', async method => {
    const { token } = await service.logIn('alice')
    for (const path of PATHS) {
      const [status, text, headers] = await ask(`${method} ${path}`, { token })
      expect([path, status, text]).toEqual([path, 200, ''])
      expect(headers).toMatchObject({ 'x-appid': SIMULATOR_APP.appid, 'content-length': '0' })
      const [refused] = await ask(`${method} ${path}`, { token: 'x.y.z' })
      expect([path, refused]).toEqual([path, 401])
    }
  })

  test('asks for no other path by it', async () => {
    await service.http.get('/verifyx').expect(404)
    await service.http.get('/x/verify').expect(404)
  })

  test('is told nobody by a refusal, in all four headers', async () => {
    for (const headers of [{}, { token: 'x.y.z' }]) {
      const answer = await service.http.get('/verify/x').set(headers).expect(401)
      for (const name of ['x-user-id', 'x-appid', 'x-openid', 'x-unionid']) {
        expect([name, answer.headers[name]]).toEqual([name, ''])
      }
    }
  })

  test('gets no preflight answered', async () => {
    const answer = await service.http.options('/verify').set('Origin', 'https://h5.example')
    expect([answer.status, answer.headers.allow]).toEqual([401, undefined])
  })
})
