import { LoginError } from '../../src/errors'
import type { LoginEvent, Origin } from '../../src/events'
import { type Circumstances, telling } from '../../src/login/telling'
import { ORIGIN } from './parts'

let told: LoginEvent[]
beforeEach(() => {
  told = []
})
afterEach(() => {
  jest.restoreAllMocks()
})

/** Does this work as a login whose events say nothing but the circumstances. */
function tell(work: () => Promise<string>, sharers: readonly Origin[] = []): Promise<string> {
  const type = 'login.refused'
  return telling(
    {
      ...{ events: { tell: event => void told.push(event) }, origin: ORIGIN, sharers },
      done: (_answer: string, how: Circumstances) => ({ type, error: 'code_used', ...how }),
      failed: (failure, how) => ({ type, ...failure, ...how }),
    },
    work,
  )
}

test('an answer is given back and told, with how long it took by a clock that never goes back', async () => {
  let clock = 1000
  jest.spyOn(performance, 'now').mockImplementation(() => clock)
  const answer = await tell(async () => {
    clock += 12.5
    return 'answer'
  })
  expect(answer).toBe('answer')
  expect(told).toEqual([{ type: 'login.refused', error: 'code_used', ...ORIGIN, durationMs: 12.5 }])
})

test('an error is passed on as it is, and told with what an answer says of it', async () => {
  const error = new LoginError('code_invalid', { wxErrcode: 40029, wxRid: 'rid', reason: 'r' })
  await expect(tell(() => Promise.reject(error))).rejects.toBe(error)
  const failure = { error: 'code_invalid', wxErrcode: 40029, wxRid: 'rid', reason: 'r' }
  expect(told).toEqual([
    { type: 'login.refused', ...failure, ...ORIGIN, durationMs: expect.any(Number) },
  ])
})

test('a fault of ours is told as internal, without its text', async () => {
  await expect(tell(() => Promise.reject(new TypeError('secret')))).rejects.toThrow('secret')
  expect(told).toMatchObject([{ error: 'internal' }])
  expect(JSON.stringify(told)).not.toContain('secret')
})

test('of those who share the answer, the first 20 request ids are told, and how many they are', async () => {
  const sharers: Origin[] = []
  await tell(async () => {
    sharers.push({}, ...Array.from({ length: 30 }, (_, i) => ({ requestId: `request-${i}` })))
    return 'answer'
  }, sharers)
  const ids = Array.from({ length: 20 }, (_, i) => `request-${i}`)
  expect(told).toMatchObject([{ sharers: 31, sharedBy: ids }])
})

test('an origin that reads its address late is read when the event is told', async () => {
  const late = {
    requestId: 'request-1',
    get ip() {
      return '203.0.113.8'
    },
  }
  const events = { tell: (event: LoginEvent) => void told.push(event) }
  const done = (_: string, how: Circumstances): LoginEvent => {
    return { type: 'login.refused', error: 'code_used', ...how }
  }
  await telling(
    { events, origin: Object.create(late), done, failed: () => told[0] as LoginEvent },
    async () => '',
  )
  expect(told).toMatchObject([{ requestId: 'request-1', ip: '203.0.113.8' }])
})
