import {
  createSimulator,
  ERRCODES,
  type Fault,
  SIMULATOR_APP,
  TRANSPORT_FAULTS,
  type TransportFault,
} from '../../src/simulator/index'
import { Clock } from '../support/clock'
import { everythingIn, failureOf } from './failures'
import { createRecorder } from './recorder'
import { closeAll, startAnswering, startWx } from './start-wx'

const { appid, secret } = SIMULATOR_APP
const asking = { appid, origin: { requestId: 'r-1' } }
const clock = new Clock()
const simulator = createSimulator({ now: clock.now })
const recorder = createRecorder()

const start = (baseUrl: string, timeoutMs?: number) => {
  const { events, log } = recorder
  const apps = new Map([[appid, [secret]]])
  const options = { baseUrl, apps, now: clock.now, events, log }
  return startWx({ ...options, ...(timeoutMs !== undefined && { timeoutMs }) }).exchangeCode
}

let exchangeCode: ReturnType<typeof start>
/** With a short deadline, for a WeChat that hangs. */
let hurried: ReturnType<typeof start>

beforeAll(async () => {
  const baseUrl = await simulator.listen()
  exchangeCode = start(baseUrl)
  hurried = start(baseUrl, 500)
})
afterAll(async () => {
  await closeAll()
  await simulator.close()
})
beforeEach(() => {
  simulator.reset()
  recorder.forget()
})

/** A connection that stands already leaves a hurried call all its time for the answer. */
async function connectHurried(): Promise<void> {
  await hurried(simulator.mintCode(), asking)
  simulator.reset()
}

test('gives openid and session_key, and unionid once the app is bound', async () => {
  const user = 'alice'
  const first = await exchangeCode(simulator.mintCode({ user }), asking)
  const { openid, sessionKey } = simulator.user(user)
  expect(first).toEqual({ openid, sessionKey })
  simulator.setUnionidBound(appid, true)
  const second = await exchangeCode(simulator.mintCode({ user }), asking)
  expect(second.unionid).toBe(simulator.user(user).unionid)
  simulator.setUnionidBound(appid, false)
})

test('sends four parameters, each once, in the query of a GET, whatever the code holds', async () => {
  const code = 'x&appid=evil&secret=evil#%20+?'
  await failureOf(exchangeCode(code, asking))
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
  const error = await failureOf(exchangeCode('code', { ...asking, appid: 'wx9999999999999999' }))
  expect(error.code).toBe('unknown_appid')
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
  const user = await exchangeCode(simulator.mintCode(), asking)
  expect(user).toEqual(expect.objectContaining({ openid: simulator.user('alice').openid }))
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
// Hostile openids are well-formed answers, which the SQL tests and /verify take on; a connection is only
// stale when it is used a second time; some faults are about fields that a login does not have.
const OTHERS: TransportFault[] = [
  'openidhostile',
  'openidwide',
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
    const hangs = CODES[transport] === 'wechat_timeout'
    if (hangs) await connectHurried()
    const code = simulator.mintCode()
    simulator.fail({ transport })
    const error = await failureOf((hangs ? hurried : exchangeCode)(code, asking))
    if (transport === 'errcodewithopenid') expect(error.wxErrcode).toEqual(expect.any(Number))
    else expect(error.code).toBe(CODES[transport] ?? 'wechat_bad_answer')
    expect(error.action).toMatch(/login|contact_admin/)
    expect(simulator.calls).toHaveLength(1)
    const shown = everythingIn(error) + recorder.text()
    expect(shown).not.toContain(secret)
    expect(shown).not.toContain(code)
    expect(shown).not.toContain(String(simulator.user('alice').sessionKey))
    expect(error.cause).toBeUndefined()
    expect(recorder.told).toHaveLength(1)
  })
})

test('a redirect is not followed', async () => {
  simulator.fail({ transport: 'redirect' })
  await failureOf(exchangeCode(simulator.mintCode(), asking))
  expect(simulator.calls.map(({ path }) => path)).toEqual(['/sns/jscode2session'])
})

test('every errcode of WeChat’s documents ends in one of our errors', async () => {
  for (const errcode of Object.keys(ERRCODES).map(Number)) {
    simulator.reset()
    simulator.fail({ errcode })
    const error = await failureOf(exchangeCode(simulator.mintCode(), asking))
    expect(error).toMatchObject({ name: 'WxRefused', wxErrcode: errcode })
    expect(JSON.stringify(error.body('r'))).not.toMatch(/rid|invalid ip/)
  }
})

test('an answer that never comes is a timeout that says that the code may be spent', async () => {
  await connectHurried()
  simulator.fail({ transport: 'never' })
  const error = await failureOf(hurried(simulator.mintCode(), asking))
  expect(error).toMatchObject({ code: 'wechat_timeout', status: 504, sent: true, action: 'login' })
  expect(recorder.told).toEqual([
    {
      type: 'wechat.unreachable',
      api: '/sns/jscode2session',
      appid,
      error: 'wechat_timeout',
      reason: 'deadline',
      sent: true,
      requestId: 'r-1',
    },
  ])
})

test('a huge body is dropped early and costs no memory', async () => {
  const before = process.memoryUsage().rss
  simulator.fail({ transport: 'huge' })
  await failureOf(exchangeCode(simulator.mintCode(), asking))
  expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024)
})

test('a misconfiguration tells the operator the API, the rid and the fix, and no client', async () => {
  simulator.fail({ errcode: 40125 })
  const error = await failureOf(exchangeCode(simulator.mintCode(), asking))
  expect(recorder.told).toEqual([
    {
      type: 'wechat.refused',
      api: '/sns/jscode2session',
      appid,
      error: 'misconfigured',
      wxErrcode: 40125,
      wxRid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/),
      fix: expect.stringContaining('WX_SECRET'),
      requestId: 'r-1',
    },
  ])
  expect(JSON.stringify(error.body('r'))).not.toMatch(/rid|WX_SECRET/)
})

test('a 429 hands Retry-After on', async () => {
  simulator.fail({ transport: 'status429' })
  const error = await failureOf(exchangeCode(simulator.mintCode(), asking))
  expect(error).toMatchObject({ code: 'wechat_quota', retryAfter: 30 })
})

test.each<[string, Fault]>([
  ['a connection that is reset', { transport: 'reset' }],
  ['a stale kept-alive connection', { transport: 'stale' }],
  ['errcode -1', { errcode: -1 }],
])('%s: the code may be spent, so it is not sent again', async (_name, fault) => {
  await exchangeCode(simulator.mintCode(), asking)
  simulator.reset()
  simulator.fail(fault)
  await failureOf(exchangeCode(simulator.mintCode(), asking))
  expect(simulator.calls).toHaveLength(1)
})

describe('what WeChat never sent, and a database might store otherwise than it came', () => {
  const good = { openid: 'oSIM-somebody', session_key: 'AAAAAAAAAAAAAAAAAAAAAA==' }
  const exchange = async (body: object) => start(await startAnswering(() => body))('code', asking)

  test.each([
    ['a space at its end', 'oSIM-somebody '],
    ['a line separator', 'oSIM\u2028somebody'],
    ['half a character', 'oSIM\ud800somebody'],
  ])('an openid with %s logs nobody in', async (_, openid) => {
    const error = await failureOf(exchange({ ...good, openid }))
    expect(error).toMatchObject({ code: 'wechat_bad_answer', sent: true, reason: 'fields_missing' })
  })

  test('a unionid with a space counts as unknown', async () => {
    expect(await exchange({ ...good, unionid: 'oUNION ' })).not.toHaveProperty('unionid')
  })
})
