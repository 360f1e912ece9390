import { LoginError } from '../../src/errors'
import { startDeadline } from '../../src/upstream/deadline'
import type { UnreachableKind } from '../../src/upstream/unreachable'
import { createLoginGates, type LoginGatesOptions } from '../../src/wx/login-gates'
import { WxRefused } from '../../src/wx/wx-refused'
import { WxUnreachable } from '../../src/wx/wx-unreachable'
import { STRETCHED } from '../support/patience'
import { createRecorder } from './recorder'

const APP = 'wx0000000000000000'
const OTHER = 'wx1111111111111111'
const recorder = createRecorder()
beforeEach(recorder.forget)

/** A trial is due at once, or never, so that no test waits for it. */
const AT_ONCE = 0
const NEVER = 2 ** 31 - 1

function start(options: Partial<LoginGatesOptions> & { breakerTrialMs?: number } = {}) {
  const { breakerTrialMs = NEVER, ...rest } = options
  const patience = { ...STRETCHED, breakerTrialMs }
  const { events, log } = recorder
  return createLoginGates({ appids: [APP, OTHER], patience, events, log, maxSockets: 512, ...rest })
}
type Gates = ReturnType<typeof start>

const unreachable = (kind: UnreachableKind, sent: boolean, reason = 'deadline') =>
  new WxUnreachable(kind, { sent, reason })
const silence = unreachable('timeout', true)

async function ask(gates: Gates, outcome: unknown = 'an answer', deadline = startDeadline(60_000)) {
  const pass = gates.admit(APP)
  const work = async () => {
    if (outcome instanceof Error) throw outcome
    return outcome
  }
  return pass
    .asking(deadline, work)
    .catch((error: unknown) => error)
    .finally(pass.leave)
}

async function askTimes(times: number, gates: Gates, outcome?: unknown) {
  for (let i = 0; i < times; i++) await ask(gates, outcome)
}

test.each([
  ['a time-out', silence],
  ['a refused connection', unreachable('unavailable', false, 'ECONNREFUSED')],
  ['a connection that never stood', unreachable('unavailable', false)],
])('%s, ten times in a row, opens the breaker of that app alone', async (_what, failure) => {
  const gates = start()
  await askTimes(9, gates, failure)
  expect(gates.isBreakerOpen(APP)).toBe(false)
  await ask(gates, failure)
  expect(gates.isBreakerOpen(APP)).toBe(true)
  expect(() => gates.admit(APP)).toThrow(
    expect.objectContaining({ code: 'wechat_unavailable', reason: 'breaker_open', sent: false }),
  )
  expect(gates.isBreakerOpen(OTHER)).toBe(false)
  gates.admit(OTHER).leave()
})

test.each([
  ['an errcode', new WxRefused(40029, { errmsg: '', now: 0 })],
  ['WeChat busy (-1)', new WxRefused(-1, { errmsg: '', now: 0 })],
  ['a page of HTML', unreachable('bad_answer', true, 'not_json')],
  ['a 503 of a proxy', unreachable('unavailable', true, 'status_503')],
  ['an answer', 'a user'],
])('%s is an answer: it ends the row of failures', async (_what, answer) => {
  const gates = start()
  for (let round = 0; round < 3; round++) {
    await askTimes(9, gates, silence)
    await ask(gates, answer)
  }
  await askTimes(20, gates, answer)
  expect(gates.isBreakerOpen(APP)).toBe(false)
})

test.each([
  ['no descriptor is left', unreachable('unavailable', false, 'EMFILE')],
  ['the connections are all taken', new LoginError('overloaded')],
  ['the store fails', new LoginError('store_unavailable')],
])('%s: no fault of WeChat’s, the breaker stays as it is', async (_what, failure) => {
  const gates = start()
  await askTimes(20, gates, failure)
  expect(gates.isBreakerOpen(APP)).toBe(false)
})

test('a call that set out with less than half of its deadline says nothing of WeChat', async () => {
  const gates = start()
  for (let i = 0; i < 20; i++) {
    const spent = startDeadline(60_000, performance.now() - 40_000)
    await ask(gates, silence, spent)
  }
  expect(gates.isBreakerOpen(APP)).toBe(false)
})

test('opening and closing are told once each, and a refusal is not told as a failure of WeChat', async () => {
  const gates = start({ breakerTrialMs: AT_ONCE })
  await askTimes(12, gates, silence)
  expect(recorder.told).toEqual([
    {
      type: 'wechat.unreachable',
      api: '/sns/jscode2session',
      appid: APP,
      error: 'wechat_unavailable',
      reason: 'breaker_open',
      sent: false,
    },
  ])
  await ask(gates)
  expect(gates.isBreakerOpen(APP)).toBe(false)
  expect(recorder.lines).toMatchObject([{ event: 'wechat_breaker_closed', appid: APP }])
})

test('who waited for a turn while the breaker opened does not set out', async () => {
  const gates = start({ maxSockets: 2 })
  const work = jest.fn(() => Promise.reject(silence))
  const deadline = startDeadline(60_000)
  const passes = Array.from({ length: 12 }, () => gates.admit(APP))
  const asked = passes.map(pass => pass.asking(deadline, work).catch((error: unknown) => error))
  const failures = await Promise.all(asked)
  expect(work).toHaveBeenCalledTimes(10)
  expect(failures[9]).toBe(silence)
  expect(failures[10]).toMatchObject({ reason: 'breaker_open', sent: false })
})

test('one login more than may be pending is refused at once, and no other app is', async () => {
  const gates = start({ maxPending: 2 })
  const [first] = [gates.admit(APP), gates.admit(APP)]
  expect(() => gates.admit(APP)).toThrow(expect.objectContaining({ code: 'overloaded' }))
  gates.admit(OTHER)
  first?.leave()
  first?.leave()
  gates.admit(APP)
  expect(() => gates.admit(APP)).toThrow(expect.objectContaining({ code: 'overloaded' }))
})

test('an app that is not configured has no gate', () => {
  expect(() => start().admit('wx9999999999999999')).toThrow(
    expect.objectContaining({ code: 'unknown_appid' }),
  )
  expect(start().isBreakerOpen('wx9999999999999999')).toBe(false)
})

test('logins of one app ask over three quarters of the connections, so that others get through', async () => {
  const gates = start({ maxSockets: 8 })
  let asking = 0
  const never = () => {
    asking++
    return new Promise<never>(() => {})
  }
  const deadline = startDeadline(100)
  const passes = Array.from({ length: 20 }, () => gates.admit(APP))
  const asked = passes.map(pass => pass.asking(deadline, never))
  const refused = asked.slice(6).map(each => each.catch((error: unknown) => error))
  expect(asking).toBe(6)
  for (const each of await Promise.all(refused)) expect(each).toMatchObject({ reason: 'no_turn' })
  await expect(gates.admit(OTHER).asking(startDeadline(60_000), async () => 'in')).resolves.toBe(
    'in',
  )
})
