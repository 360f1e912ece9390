import fc from 'fast-check'
import { LoginError } from '../../src/errors'
import type { LoginEvent, SessionEnd } from '../../src/events'
import { createSessionEnds } from '../../src/login/session-ends'
import type { Values } from '../../src/store/contract/values'
import { createMemoryStore } from '../../src/store/memory/memory-store'
import { Clock } from '../support/clock'
import { APPID, ORIGIN, TOKEN_TTL_SECONDS } from './parts'

let clock: Clock
let told: LoginEvent[]
let values: Values
beforeEach(() => {
  clock = new Clock()
  told = []
  values = createMemoryStore().values
})

const endsOn = (own: Partial<Values> = {}) =>
  createSessionEnds({
    values: { ...values, ...own },
    events: { tell: event => void told.push(event) },
    tokenTtlSeconds: TOKEN_TTL_SECONDS,
    now: clock.now,
  })
const sessions = (...sessionIds: string[]) => ({ appid: APPID, userId: 'user-1', sessionIds })
const down = () => Promise.reject(new LoginError('store_unavailable'))

test('each session that ended is told once, with who ended it', async () => {
  await endsOn().tell(sessions('one', 'two'), 'logout', ORIGIN)
  const common = { type: 'session.ended', reason: 'logout', appid: APPID, userId: 'user-1' }
  expect(told).toEqual([
    { ...common, sessionId: 'one', ...ORIGIN },
    { ...common, sessionId: 'two', ...ORIGIN },
  ])
})

test('another instance knows why, for as long as a token of the session could run', async () => {
  await endsOn().tell(sessions('one'), 'evicted', ORIGIN)
  const other = endsOn()
  expect(await other.reasonOf('one')).toBe('evicted')
  clock.advance(TOKEN_TTL_SECONDS - 1)
  expect(await other.reasonOf('one')).toBe('evicted')
  clock.advance(1)
  expect(await other.reasonOf('one')).toBe('unknown')
})

test('the end of a session that nobody noted is unknown', async () => {
  expect(await endsOn().reasonOf('never-seen')).toBe('unknown')
})

test('no session id rests in the store', async () => {
  const write = jest.fn(values.write)
  await endsOn({ write }).tell(sessions('a-session-id'), 'logout', ORIGIN)
  expect(write).toHaveBeenCalledTimes(1)
  expect(JSON.stringify(write.mock.calls)).not.toContain('a-session-id')
})

test('a store that takes no note changes nothing but the reason', async () => {
  const ends = endsOn({ write: down, read: down, claim: down })
  await ends.tell(sessions('one'), 'logout', ORIGIN)
  await ends.tellExpired(sessions('one'), ORIGIN)
  expect(await ends.reasonOf('one')).toBe('unknown')
  expect(told).toMatchObject([{ type: 'session.ended', reason: 'logout' }])
})

test('a session past its end is told once, however many instances notice it', async () => {
  const instances = [endsOn(), endsOn(), endsOn()]
  await Promise.all(instances.map(each => each.tellExpired(sessions('one'), ORIGIN)))
  expect(told).toMatchObject([{ type: 'session.ended', reason: 'expired', sessionId: 'one' }])
})

test('a session that was ended before is not told again when its time is over', async () => {
  const ends = endsOn()
  await ends.tell(sessions('one'), 'logout', ORIGIN)
  await ends.tellExpired(sessions('one'), ORIGIN)
  expect(told).toMatchObject([{ reason: 'logout' }])
  expect(await ends.reasonOf('one')).toBe('logout')
})

test('whatever stands in the store, the reason is one that exists', async () => {
  const reasons: SessionEnd[] = ['logout', 'evicted', 'disabled', 'erased', 'expired']
  const note = fc.oneof(fc.string(), fc.constantFrom(...reasons, 'constructor', '__proto__'))
  await fc.assert(
    fc.asyncProperty(note, async text => {
      const reason = await endsOn({ read: async () => text }).reasonOf('one')
      expect(reason).toBe(reasons.includes(text as SessionEnd) ? text : 'unknown')
    }),
  )
})
