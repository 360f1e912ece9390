import { LoginError } from '../../src/errors'
import { Unreachable, unreachableBy } from '../../src/upstream/unreachable'
import { createTellFailures } from '../../src/wx/tell-failures'
import { WxRefused } from '../../src/wx/wx-refused'
import { unusable } from '../../src/wx/wx-unreachable'
import { failureOf } from './failures'
import { createRecorder } from './recorder'

const recorder = createRecorder()
beforeEach(recorder.forget)

const call = { api: '/x', appid: 'wx0', origin: { requestId: 'r-1', ip: '192.0.2.1' } }
const rid = '66c69111-4157f271-729ca238'
const failing = (error: unknown) => async () => {
  throw error
}

test('work that succeeds tells nothing', async () => {
  const tellFailures = createTellFailures(recorder.events)
  expect(await tellFailures(call, async () => 'done')).toBe('done')
  expect(recorder.told).toEqual([])
})

test('a refusal is told with whose fault it is, what to do, and whose request it was', async () => {
  const refused = new WxRefused(40243, { errmsg: `frozen, rid: ${rid}`, now: 0 })
  const tellFailures = createTellFailures(recorder.events)
  expect(await failureOf(tellFailures(call, failing(refused)))).toBe(refused)
  const { api, appid, origin } = call
  const failure = { error: 'misconfigured', wxErrcode: 40243, wxRid: rid, fix: refused.fix }
  expect(recorder.told).toEqual([{ type: 'wechat.refused', api, appid, ...failure, ...origin }])
})

test('an answer that cannot be used is told as unreachable', async () => {
  const tellFailures = createTellFailures(recorder.events)
  await failureOf(tellFailures(call, failing(unusable('fields_missing'))))
  const { api, appid, origin } = call
  const failure = { error: 'wechat_bad_answer', reason: 'fields_missing', sent: true }
  expect(recorder.told).toEqual([{ type: 'wechat.unreachable', api, appid, ...failure, ...origin }])
})

test.each([
  ['unavailable', 'wechat_unavailable', 503],
  ['timeout', 'wechat_timeout', 504],
  ['bad_answer', 'wechat_bad_answer', 502],
  ['quota', 'wechat_quota', 503],
] as const)('a platform that is %s is %s to our callers', async (kind, code, status) => {
  const cause = new Unreachable(kind, { sent: kind !== 'unavailable', reason: 'why' })
  const error = await failureOf(createTellFailures(recorder.events)(call, failing(cause)))
  expect(error).toMatchObject({ code, status, sent: cause.sent, reason: 'why' })
  expect(error.cause).toBeUndefined()
  expect(recorder.told).toMatchObject([{ error: code, sent: cause.sent, reason: 'why' }])
})

test('a certificate that is refused is told with what the operator does, and nothing else is', async () => {
  const tellFailures = createTellFailures(recorder.events)
  for (const code of ['CERT_NOT_YET_VALID', 'ECONNREFUSED']) {
    const cause = unreachableBy(Object.assign(new Error(), { code }), {
      sent: false,
      isLate: false,
    })
    await failureOf(tellFailures(call, failing(cause)))
  }
  const [untrusted, refused] = recorder.told
  expect(untrusted).toMatchObject({ reason: 'tls', fix: expect.stringMatching(/clock.*root/) })
  expect(refused).toMatchObject({ reason: 'ECONNREFUSED', fix: undefined })
})

test('the seconds that a platform asks for are handed on', async () => {
  const cause = new Unreachable('quota', { sent: true, reason: 'status_429', retryAfter: 7 })
  const error = await failureOf(createTellFailures(recorder.events)(call, failing(cause)))
  expect(error.retryAfter).toBe(7)
})

test('a failure by which several calls fail is told once, for the first', async () => {
  const refused = new WxRefused(40125, { errmsg: '', now: 0 })
  const tellFailures = createTellFailures(recorder.events)
  const outer = { ...call, api: '/outer' }
  await failureOf(tellFailures(outer, () => tellFailures(call, failing(refused))))
  await failureOf(tellFailures(outer, failing(refused)))
  expect(recorder.told).toMatchObject([{ api: '/x' }])
})

test.each([new LoginError('overloaded'), new LoginError('unknown_appid'), new Error('a bug'), 'x'])(
  '%p is no failure of WeChat’s: it passes as it is and is not told',
  async error => {
    const tellFailures = createTellFailures(recorder.events)
    expect(await failureOf(tellFailures(call, failing(error)))).toBe(error)
    expect(recorder.told).toEqual([])
  },
)
