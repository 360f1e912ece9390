import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../../src/simulator/index'
import { startGate } from '../support/gate'
import { type Service, startService } from '../support/service'

let service: Service
/** On the same WeChat, with a short deadline, for when WeChat hangs. */
let hurried: Service
beforeAll(async () => {
  service = await startService()
  const { simulator, clock } = service
  hurried = await startService({ wxTimeoutMs: 2000, simulator, clock })
})
afterAll(async () => {
  await hurried.close()
  await service.close()
})
beforeEach(() => service.simulator.reset())

const login = (to = service) => to.http.post('/login').send({ code: to.simulator.mintCode() })

const OUTCOMES: [string, Fault, number, string, string][] = [
  ['never answers', { transport: 'never' }, 504, 'wechat_timeout', 'login'],
  ['answers too late', { late: 4000 }, 504, 'wechat_timeout', 'login'],
  ['drips', { transport: 'drip' }, 504, 'wechat_timeout', 'login'],
  ['resets before the answer', { transport: 'reset' }, 502, 'wechat_bad_answer', 'login'],
  ['resets in the body', { transport: 'resetmid' }, 502, 'wechat_bad_answer', 'login'],
  ['is cut off', { transport: 'truncated' }, 502, 'wechat_bad_answer', 'login'],
  ['says HTML with 200', { transport: 'html200' }, 502, 'wechat_bad_answer', 'login'],
  ['says HTML with 502', { transport: 'html502' }, 502, 'wechat_bad_answer', 'login'],
  ['says nothing', { transport: 'empty' }, 502, 'wechat_bad_answer', 'login'],
  ['never stops talking', { transport: 'huge' }, 502, 'wechat_bad_answer', 'login'],
  ['sends elsewhere', { transport: 'redirect' }, 502, 'wechat_bad_answer', 'login'],
  ['leaves out the openid', { transport: 'noopenid' }, 502, 'wechat_bad_answer', 'login'],
  ['is down', { transport: 'html503' }, 503, 'wechat_unavailable', 'login'],
  ['is busy (-1)', { errcode: -1 }, 503, 'wechat_unavailable', 'login'],
  ['limits calls (45011)', { errcode: 45011 }, 503, 'wechat_quota', 'login'],
  ['limits calls (429)', { transport: 'status429' }, 503, 'wechat_quota', 'login'],
  ['knows no such code (40029)', { errcode: 40029 }, 400, 'code_invalid', 'login'],
  ['saw the code before (40163)', { errcode: 40163 }, 400, 'code_used', 'login'],
  ['blocks the user (40226)', { errcode: 40226 }, 403, 'user_blocked', 'none'],
  ['rejects our secret (40125)', { errcode: 40125 }, 500, 'misconfigured', 'contact_admin'],
  ['says what nobody knows (99999)', { errcode: 99999 }, 502, 'wechat_bad_answer', 'login'],
]

test.each(OUTCOMES)('WeChat %s: %j is %d %s', async (_what, fault, status, error, action) => {
  service.simulator.fail(fault)
  const answer = await login(status === 504 ? hurried : service).expect(status)
  expect(answer.body).toEqual({
    error,
    message: expect.stringMatching(/[一-龥]/),
    message_en: expect.stringMatching(/^[\x20-\x7e]+$/),
    action,
    retry_after: status === 503 ? expect.any(Number) : null,
    request_id: answer.headers['x-request-id'],
    ...('errcode' in fault && { wx_errcode: fault.errcode }),
  })
  if (status === 503) expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  else expect(answer.headers).not.toHaveProperty('retry-after')
  expect(service.simulator.calls).toHaveLength(1)
})

test('WeChat is gone: 503 with Retry-After, and the same code can be tried once it is back', async () => {
  const other = await startService({ wxTimeoutMs: 1000, wxApiBaseUrl: 'http://127.0.0.1:1' })
  const code = service.simulator.mintCode()
  const answer = await other.http.post('/login').send({ code }).expect(503)
  expect(answer.body).toMatchObject({
    error: 'wechat_unavailable',
    action: 'login',
    retry_after: 2,
  })
  const again = await other.http.post('/login').send({ code }).expect(503)
  expect(again.body.error).toBe('wechat_unavailable')
  await other.close()
})

test('WeChat is gone: equal codes that come together are tried for by one of them only', async () => {
  // Until it is over all eight must have come: the pause before the second connection is a second at
  // the least, where the service's own is 20 ms.
  const other = await startService({
    wxTimeoutMs: 8000,
    wxApiBaseUrl: 'http://127.0.0.1:1',
    patience: { connectRetryMs: 5000 },
  })
  const code = service.simulator.mintCode()
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) =>
      other.http.post('/login').set('Idempotency-Key', `key-${i}`).send({ code }).expect(503),
    ),
  )
  for (const { body } of answers) expect(body.error).toBe('wechat_unavailable')
  expect(other.logLines.filter(({ event }) => event === 'wechat.unreachable')).toHaveLength(1)
  await other.close()
})

test('after a time-out one new code logs in', async () => {
  service.simulator.fail({ late: 4000 })
  await login(hurried).expect(504)
  await login().expect(200)
})

test('WeChat’s silence holds up nobody who asks whether they are logged in', async () => {
  const { simulator, clock } = service
  const gate = await startGate(simulator.url)
  const silent = await startService({ simulator, clock, wxApiBaseUrl: gate.url })
  const { token } = await silent.logIn()
  gate.hold(Number.POSITIVE_INFINITY)
  let answered = 0
  const hanging = Array.from({ length: 50 }, async () => {
    const { status } = await login(silent)
    answered++
    return status
  })
  await gate.whenHeld(50)
  await Promise.all(
    Array.from({ length: 20 }, () => silent.http.get(`/checklogin?token=${token}`).expect(200)),
  )
  expect(answered).toBe(0)
  gate.open()
  for (const status of await Promise.all(hanging)) expect(status).toBe(200)
  await silent.close()
  await gate.close()
})

test('a client goes away before there is an outcome: the log says so, and the event tells the outcome', async () => {
  service.simulator.fail({ late: 80 })
  const code = service.simulator.mintCode({ user: 'impatient' })
  const before = service.logLines.length
  const abort = new AbortController()
  const gone = fetch(`http://127.0.0.1:${service.port}/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code }),
    signal: abort.signal,
  })
  while (service.simulator.calls.length === 0) await sleep(5)
  abort.abort()
  await expect(gone).rejects.toThrow()
  const outcome = () =>
    service.logLines.slice(before).find(({ event }) => event === 'login.succeeded')
  while (!outcome()) await sleep(5)
  const line = JSON.parse(String(service.requestLines.at(-1)))
  expect(line).toMatchObject({ path: '/login', outcome: 'aborted', status: null })
})

test('what the request says is checked before WeChat is asked', async () => {
  const wrong: [object, string, string?][] = [
    [{}, 'code_missing'],
    [{ code: null }, 'code_missing'],
    [{ code: '' }, 'code_missing'],
    [{ code: 42 }, 'invalid_request', 'code'],
    [{ code: ['x'] }, 'invalid_request', 'code'],
    [{ code: 'with space' }, 'invalid_request', 'code'],
    [{ code: 'x'.repeat(513) }, 'invalid_request', 'code'],
    [{ code: 'ünïcode' }, 'invalid_request', 'code'],
    [{ code: 'x', appid: 7 }, 'invalid_request', 'appid'],
    [{ code: 'x', appid: 'wx9999999999999999' }, 'unknown_appid'],
  ]
  for (const [body, error, field] of wrong) {
    const answer = await service.http.post('/login').send(body).expect(400)
    expect(answer.body.error).toBe(error)
    expect(answer.body.field).toBe(field)
  }
  const key = await service.http.post('/login').set('Idempotency-Key', 'a b').send({ code: 'x' })
  expect(key.body).toMatchObject({ error: 'invalid_request', field: 'Idempotency-Key' })
  expect(service.simulator.calls).toHaveLength(0)
})
