import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import type { LoginError } from '../../src/errors'
import type { Log } from '../../src/log'
import {
  createSimulator,
  ERRCODES,
  type Fault,
  SIMULATOR_APP,
  TRANSPORT_FAULTS,
  type TransportFault,
} from '../../src/simulator/index'
import { createAppSecrets } from '../../src/wx/app-secrets'
import { createWxClient } from '../../src/wx/client'
import { createCode2Session } from '../../src/wx/code2session'
import { Clock } from '../support/clock'

const { appid, secret } = SIMULATOR_APP
const clock = new Clock()
const simulator = createSimulator({ now: clock.now })
const lines: string[] = []
const write =
  (level: string): Log['info'] =>
  (event, fields) =>
    void lines.push(JSON.stringify({ level, event, ...fields }))
const log: Log = { info: write('info'), warn: write('warn'), error: write('error') }

const closing: (() => void)[] = []
let code2Session: ReturnType<typeof createCode2Session>
/** With a short deadline, for a WeChat that hangs. */
let hurried: ReturnType<typeof createCode2Session>

beforeAll(async () => {
  const baseUrl = await simulator.listen()
  const create = (timeoutMs: number) => {
    const client = createWxClient({ baseUrl, timeoutMs })
    closing.push(() => client.close())
    const secrets = createAppSecrets({
      apps: new Map([[appid, [secret]]]),
      timeoutMs: client.timeoutMs,
      log,
    })
    return createCode2Session({ client, secrets, now: clock.now, log })
  }
  code2Session = create(5000)
  hurried = create(250)
})
afterAll(async () => {
  for (const close of closing) close()
  await simulator.close()
})
beforeEach(() => {
  simulator.reset()
  lines.length = 0
})

async function failureOf(work: Promise<unknown>): Promise<LoginError & { sent?: boolean }> {
  try {
    await work
  } catch (error) {
    return error as LoginError
  }
  throw new Error('it should have failed')
}

/** Everything an error could show anywhere: itself, its causes, as JSON, as its stack. */
function everythingIn(error: unknown): string {
  return [
    inspect(error, { depth: 20, showHidden: true }),
    JSON.stringify(error),
    String((error as Error).stack),
  ].join('\n')
}

test('gives openid and session_key, and unionid once the app is bound', async () => {
  const user = 'alice'
  const first = await code2Session(appid, simulator.mintCode({ user }))
  const { openid, sessionKey } = simulator.user(user)
  expect(first).toEqual({ openid, sessionKey })
  simulator.setUnionidBound(appid, true)
  const second = await code2Session(appid, simulator.mintCode({ user }))
  expect(second.unionid).toBe(simulator.user(user).unionid)
  simulator.setUnionidBound(appid, false)
})

test('sends four parameters, each once, in the query of a GET, whatever the code holds', async () => {
  const code = 'x&appid=evil&secret=evil#%20+?'
  await failureOf(code2Session(appid, code))
  expect(simulator.calls).toHaveLength(1)
  const [call] = simulator.calls
  expect(call).toMatchObject({ method: 'GET', path: '/sns/jscode2session', body: '' })
  expect(call?.query).toEqual([
    ['appid', appid],
    ['secret', secret],
    ['js_code', code],
    ['grant_type', 'authorization_code'],
  ])
})

test('an appid that is not configured never reaches WeChat', async () => {
  expect((await failureOf(code2Session('wx9999999999999999', 'code'))).code).toBe('unknown_appid')
  expect(simulator.calls).toHaveLength(0)
})

const GOOD: TransportFault[] = [
  'textplain',
  'json',
  'gzip',
  'bom',
  'errcodezero',
  'errcodezerostring',
  'expiresin',
  'unionidnumber',
]

test.each(GOOD)('an odd but good answer logs in: %s', async transport => {
  simulator.fail({ transport })
  const session = await code2Session(appid, simulator.mintCode())
  expect(session).toEqual(expect.objectContaining({ openid: simulator.user('alice').openid }))
})

const CODES: Partial<Record<TransportFault, string>> = {
  never: 'wechat_timeout',
  drip: 'wechat_timeout',
  headdrip: 'wechat_timeout',
  html503: 'wechat_unavailable',
  html504: 'wechat_unavailable',
  status429: 'wechat_quota',
  errcodestring: 'code_invalid',
}
// A hostile openid is a well-formed answer, which the SQL tests take on; a connection is only
// stale when it is used a second time; some faults are about fields that a login does not have.
const OTHERS: TransportFault[] = [
  'openidhostile',
  'stale',
  'noaccesstoken',
  'accesstokenempty',
  'noexpiresin',
  'nophoneinfo',
  'foreignwatermark',
]
const BAD = (Object.keys(TRANSPORT_FAULTS) as TransportFault[]).filter(
  name => !GOOD.includes(name) && !OTHERS.includes(name),
)

describe.each(BAD)('an answer that is %s', transport => {
  test('is refused by its kind, asked for once, and shows neither AppSecret nor code', async () => {
    const code = simulator.mintCode()
    simulator.fail({ transport })
    const hangs = CODES[transport] === 'wechat_timeout'
    const error = await failureOf((hangs ? hurried : code2Session)(appid, code))
    if (transport === 'errcodewithopenid') expect(error.wxErrcode).toEqual(expect.any(Number))
    else expect(error.code).toBe(CODES[transport] ?? 'wechat_bad_answer')
    expect(error.action).toMatch(/login|contact_admin/)
    expect(simulator.calls).toHaveLength(1)
    const shown = everythingIn(error) + lines.join('\n')
    expect(shown).not.toContain(secret)
    expect(shown).not.toContain(code)
    expect(shown).not.toContain(String(simulator.user('alice').sessionKey))
    expect((error as Error).cause).toBeUndefined()
  })
})

test('a redirect is not followed', async () => {
  simulator.fail({ transport: 'redirect' })
  await failureOf(code2Session(appid, simulator.mintCode()))
  expect(simulator.calls.map(({ path }) => path)).toEqual(['/sns/jscode2session'])
})

test('an answer that comes after the deadline is a timeout that says the code may be burnt', async () => {
  simulator.fail({ late: 1500 })
  const begun = performance.now()
  const error = await failureOf(hurried(appid, simulator.mintCode()))
  expect(performance.now() - begun).toBeLessThan(1400)
  expect(error).toMatchObject({ code: 'wechat_timeout', status: 504, sent: true, action: 'login' })
})

test('a huge body is dropped early and costs no memory', async () => {
  const before = process.memoryUsage().rss
  simulator.fail({ transport: 'huge' })
  await failureOf(code2Session(appid, simulator.mintCode()))
  expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024)
})

const MISCONFIGURED = [40001, 40002, 40013, 40097, 40125, 40164, 40243, 41002, 41004, 41008, 48001]
const MEANINGS: [number, string, number][] = [
  [-1, 'wechat_unavailable', 503],
  [40029, 'code_invalid', 400],
  [42003, 'code_invalid', 400],
  [40163, 'code_used', 400],
  [40226, 'user_blocked', 403],
  [45009, 'wechat_quota', 503],
  [45011, 'wechat_quota', 503],
  [99999, 'wechat_bad_answer', 502],
  ...[...MISCONFIGURED, 48004, 50002, 50004, 50007].map((errcode): [number, string, number] => [
    errcode,
    'misconfigured',
    500,
  ]),
]

describe.each(MEANINGS)('errcode %d', (errcode, code, status) => {
  test.each([errcode, String(errcode)])(`means ${code}, as %p`, async asSent => {
    simulator.fail({ errcode: asSent })
    const error = await failureOf(code2Session(appid, simulator.mintCode()))
    expect(error).toMatchObject({ code, status, wxErrcode: errcode })
    expect(JSON.stringify(error.body('r'))).not.toMatch(/rid|invalid ip|hint/)
    expect(simulator.calls).toHaveLength(1)
  })
})

test('every errcode of WeChat’s documents ends in one of our errors', async () => {
  for (const errcode of Object.keys(ERRCODES).map(Number)) {
    simulator.reset()
    simulator.fail({ errcode })
    const error = await failureOf(code2Session(appid, simulator.mintCode()))
    expect(error.wxErrcode).toBe(errcode)
  }
})

test('a misconfiguration tells the operator the setting, the rid and the fix', async () => {
  simulator.fail({ errcode: 40125 })
  await failureOf(code2Session(appid, simulator.mintCode()))
  expect(JSON.parse(String(lines[0]))).toEqual({
    level: 'error',
    event: 'wechat_refused',
    api: '/sns/jscode2session',
    errcode: 40125,
    error: 'misconfigured',
    appid,
    rid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/),
    hint: expect.stringContaining('WX_SECRET'),
  })
})

test('a used-up minute quota says how many seconds are left of the minute, and a few', async () => {
  simulator.fail({ errcode: 45011 })
  clock.ms = Date.UTC(2026, 0, 2, 3, 4, 20)
  const error = await failureOf(code2Session(appid, simulator.mintCode()))
  expect(error.retryAfter).toBeGreaterThanOrEqual(40)
  expect(error.retryAfter).toBeLessThanOrEqual(45)
})

test('a 429 hands Retry-After on, up to a minute', async () => {
  simulator.fail({ transport: 'status429' })
  expect((await failureOf(code2Session(appid, simulator.mintCode()))).retryAfter).toBe(30)
})

test.each<[string, Fault]>([
  ['a connection that is reset', { transport: 'reset' }],
  ['a stale kept-alive connection', { transport: 'stale' }],
  ['errcode -1', { errcode: -1 }],
])('%s: the code may be burnt, so it is never sent again', async (_name, fault) => {
  await code2Session(appid, simulator.mintCode())
  simulator.reset()
  simulator.fail(fault)
  await failureOf(code2Session(appid, simulator.mintCode()))
  expect(simulator.calls).toHaveLength(1)
})

describe('what WeChat never sent, and a database might store otherwise than it came', () => {
  const answering = async (body: object) => {
    const server = http.createServer((_, res) => res.end(JSON.stringify(body)))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const client = createWxClient({ baseUrl: `http://127.0.0.1:${port}`, timeoutMs: 5000 })
    closing.push(() => {
      client.close()
      server.close()
    })
    const secrets = createAppSecrets({
      apps: new Map([[appid, [secret]]]),
      timeoutMs: client.timeoutMs,
      log,
    })
    return createCode2Session({ client, secrets, now: clock.now, log })
  }
  const good = { openid: 'oSIM-somebody', session_key: 'AAAAAAAAAAAAAAAAAAAAAA==' }

  test.each([
    ['a space at its end', 'oSIM-somebody '],
    ['a line separator', 'oSIM\u2028somebody'],
    ['half a character', 'oSIM\ud800somebody'],
  ])('an openid with %s logs nobody in', async (_, openid) => {
    const exchange = await answering({ ...good, openid })
    expect((await failureOf(exchange(appid, 'a code'))).code).toBe('wechat_bad_answer')
  })

  test('a unionid with a space counts as unknown', async () => {
    const exchange = await answering({ ...good, unionid: 'oUNION ' })
    expect(await exchange(appid, 'a code')).not.toHaveProperty('unionid')
  })

  test('an errcode that needs more than 32 bits is no errcode', async () => {
    const exchange = await answering({ errcode: 2 ** 31, errmsg: 'huge' })
    const failure = await failureOf(exchange(appid, 'a code'))
    expect(failure).toMatchObject({ code: 'wechat_bad_answer', wxErrcode: undefined })
  })
})
