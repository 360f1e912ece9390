import { gzipSync } from 'node:zlib'
import { cpuMs } from '../support/cpu-time'
import { type Service, startService } from '../support/service'
import { exchange, request } from './raw-socket'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

/** How POST /login takes a body: the error's name, or `accepted`. */
async function login(headers: Record<string, string>, body: string | Buffer): Promise<string> {
  const length = { 'Content-Length': Buffer.byteLength(body) }
  const sent = request('POST /login', { ...length, ...headers }, body)
  const [answer] = (await exchange(service.port, sent)).answers
  if (!answer) throw new Error('no answer')
  const { error = 'accepted' } = JSON.parse(answer.text)
  return error
}
const good = () => JSON.stringify({ code: service.simulator.mintCode() })

test.each([
  ...['application/json', 'application/json;charset=utf-8', 'application/json; charset=UTF-8'],
  ...['APPLICATION/JSON', 'application/json; charset="utf-8"', 'application/json ; charset=utf-8'],
  ...['application/json;', 'application/json; charset="utf-8";', 'application/json;;charset=UTF-8'],
  ...['application/json; version=1; CharSet="utf-8"', 'application/json; charset=utf-8; x="a;b"'],
])('a body is taken as %s', async type => {
  expect(await login({ 'Content-Type': type }, good())).toBe('accepted')
})

test.each([
  ...['application/json; charset=utf-16', 'application/json; charset=gbk', 'text/json'],
  ...['application/json; charset=utf-8; charset=utf-16', 'application/json; charset=latin1'],
  ...['application/json; charset=utf-7', 'application/json; charset="utf-16le"', 'json', '*/*'],
  ...['application/jsonp', 'application/json5', 'application/ld+json', 'xapplication/json'],
  ...['application/json, application/json', 'text/html; x=application/json', 'application/x-json'],
  ...['application/json; x=', 'application/octet-stream', 'text/plain; charset=utf-8'],
])('a body is not taken as %s', async type => {
  expect(await login({ 'Content-Type': type }, good())).toBe('unsupported_media_type')
})

test('a body without a type is not taken', async () => {
  expect(await login({}, good())).toBe('unsupported_media_type')
})

test('only an uncompressed body is taken', async () => {
  const type = { 'Content-Type': 'application/json' }
  for (const encoding of ['identity', 'Identity', 'identity, IDENTITY']) {
    expect(await login({ ...type, 'Content-Encoding': encoding }, good())).toBe('accepted')
  }
  for (const encoding of [
    'gzip',
    'deflate',
    'br',
    'zstd',
    'x-gzip',
    'GZIP',
    'identity, gzip',
    '',
  ]) {
    const given = { ...type, 'Content-Encoding': encoding }
    expect([encoding, await login(given, gzipSync(good()))]).toEqual([
      ...[encoding, 'unsupported_media_type'],
    ])
  }
  expect(await login(type, gzipSync(good()))).toBe('invalid_json')
})

test('a body in UTF-16 that says it is UTF-8 is not taken', async () => {
  const type = { 'Content-Type': 'application/json; charset=utf-8' }
  expect(await login(type, Buffer.from(good(), 'utf16le'))).toBe('invalid_json')
})

test('a body that is not UTF-8 anywhere is not taken, also where nothing is read', async () => {
  const type = { 'Content-Type': 'application/json' }
  for (const hex of ['ff', 'c0af', 'eda080', 'f4908080', 'e4b8', '80']) {
    const [head, tail] = [`{"code":"${service.simulator.mintCode()}","x":"`, '"}']
    const body = Buffer.concat([Buffer.from(head), Buffer.from(hex, 'hex'), Buffer.from(tail)])
    expect([hex, await login(type, body)]).toEqual([hex, 'invalid_json'])
    expect(await login(type, `${head}中文😀${tail}`)).toBe('accepted')
  }
})

test('a body may come in chunks, cut anywhere', async () => {
  const bytes = Buffer.from(JSON.stringify({ code: service.simulator.mintCode(), note: '中文😀' }))
  const chunks = [...bytes].map(byte => Buffer.from([byte]))
  const framed = chunks.flatMap(chunk => [Buffer.from('1\r\n'), chunk, Buffer.from('\r\n')])
  const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' }
  const body = Buffer.concat([...framed, Buffer.from('0\r\n\r\n')])
  const { answers } = await exchange(service.port, request('POST /login', headers, body))
  expect(answers[0]?.status).toBe(200)
})

test('no body counts as an empty object, whatever its type is said to be', async () => {
  expect(await login({}, '')).toBe('code_missing')
  expect(await login({ 'Content-Type': 'text/plain' }, '')).toBe('code_missing')
})

test('objects and arrays may be nested 16 deep, and no deeper', async () => {
  const type = { 'Content-Type': 'application/json' }
  const nested = (depth: number, open: string, close: string) =>
    `{"code":"${service.simulator.mintCode()}","x":${open.repeat(depth)}1${close.repeat(depth)}}`
  for (const [open, close] of [['[', ']'] as const, ['{"a":', '}'] as const]) {
    expect(await login(type, nested(15, open, close))).toBe('accepted')
    expect(await login(type, nested(16, open, close))).toBe('invalid_json')
  }
  const wide = `{"code":"${service.simulator.mintCode()}","x":[${'[],{},'.repeat(500)}0]}`
  expect(await login(type, wide)).toBe('accepted')
  const quoted = JSON.stringify({ code: service.simulator.mintCode(), x: '[{\\"'.repeat(50) })
  expect(await login(type, quoted)).toBe('accepted')
})

test('a key of the outermost object may stand there once, however it is written', async () => {
  const type = { 'Content-Type': 'application/json' }
  const code = () => `"code":"${service.simulator.mintCode()}"`
  const twice = ['"code":"x"', '"\\u0063ode":"x"', '"code" : null', '"\\u0063\\u006fd\\u0065"\n:1']
  for (const other of twice) {
    expect([other, await login(type, `{${code()},${other}}`)]).toEqual([other, 'invalid_json'])
    expect([other, await login(type, `{${other},${code()}}`)]).toEqual([other, 'invalid_json'])
  }
  const once = ['"a":"code","b":"code"', '"a":{"code":1}', '"a":"\\"code\\":1"', '"Code":1']
  for (const other of [...once, '"a":["code","code"]', '"a\\\\":1,"a":2', '"a\\"":1,"a":2']) {
    expect([other, await login(type, `{${code()},${other}}`)]).toEqual([other, 'accepted'])
  }
})

test('no body of 16 KB is much work, whatever its shape', async () => {
  const type = { 'Content-Type': 'application/json' }
  const units = ['"a":1,', '"":[],', '"\\\\\\"":" ",', '"x"          :"        ",', `"k":{"k":{}},`]
  const bodies = units.map((unit, i) => {
    const keys = unit.replace(/"(\w?)/, `"${i}$1`)
    return `{${keys.repeat(Math.floor(16_000 / keys.length))}"z":1}`
  })
  const unique = Array.from({ length: 1700 }, (_, i) => `"${i}":1`).join(',')
  for (const body of [...bodies, `{${unique}}`, `{"a"${' '.repeat(16_000)}:1}`]) {
    const tookMs = await cpuMs(async () => {
      expect(await login(type, body)).toMatch(/^(invalid_json|code_missing)$/)
    })
    expect(tookMs).toBeLessThan(200)
  }
})

describe('a form', () => {
  const FORM = 'application/x-www-form-urlencoded'
  const code = () => encodeURIComponent(service.simulator.mintCode())

  /** What a route says to a form: the status, and the body. */
  async function send(path: string, body: string | Buffer, type = FORM) {
    const headers = { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }
    const { answers } = await exchange(service.port, request(`POST ${path}`, headers, body))
    const [answer] = answers
    return [answer?.status, JSON.parse(String(answer?.text))] as const
  }

  test.each([FORM, `${FORM};`, `${FORM}; charset=UTF-8`, 'Application/X-WWW-Form-Urlencoded'])(
    'is taken by the aliases and /checklogin as %s',
    async type => {
      const [, { data }] = await send('/auth', `code=${code()}`, type)
      const [, { sessionid }] = await send('/wx/onlogin', `x=1&code=${code()}`, type)
      for (const token of [data.token, sessionid]) {
        expect(await send('/isAuth', `token=${token}`, type)).toMatchObject([200, { code: '200' }])
        const checked = await send('/checklogin', `token=${token}`, type)
        expect(checked).toMatchObject([200, { is_login: true }])
      }
    },
  )

  test('is taken by no other route', async () => {
    for (const path of ['/login', '/logout', '/phone']) {
      const { token } = await service.logIn()
      const sent = { token, 'Content-Type': FORM, 'Content-Length': 6 }
      const { answers } = await exchange(service.port, request(`POST ${path}`, sent, 'code=x'))
      expect([path, answers[0]?.status]).toEqual([path, 415])
    }
  })

  test('that is none is refused, and counts as none where there is always an answer', async () => {
    for (const body of [`code=${code()}&code=x`, 'code=%ff', Buffer.from('code=\xff', 'latin1')]) {
      expect(await send('/auth', body)).toMatchObject([400, { code: 'invalid_request' }])
      expect(await send('/isAuth', body)).toMatchObject([200, { code: '10119' }])
    }
    const gbk = `${FORM}; charset=gbk`
    expect(await send('/auth', 'code=x', gbk)).toMatchObject([415, {}])
    const [tooLarge] = await send('/auth', `code=${'x'.repeat(17_000)}`)
    expect(tooLarge).toBe(413)
  })

  test('that is multipart is not taken', async () => {
    const type = 'multipart/form-data; boundary=x'
    const part = '--x\r\nContent-Disposition: form-data; name="code"\r\n\r\nabc\r\n--x--\r\n'
    expect(await send('/auth', part, type)).toMatchObject([415, {}])
  })
})
