import { type ErrorCode, LoginError } from '../src/errors'
import { createEvents, failureOf, isUndecided, type LoginEvent } from '../src/events'

const BACK: LoginEvent = { type: 'store.back', setting: 'DATABASE_URL' }

test('every listener hears every event, in the order in which they began to listen', () => {
  const events = createEvents()
  const heard: string[] = []
  events.listen(({ type }) => void heard.push(`first ${type}`))
  events.listen(({ type }) => void heard.push(`second ${type}`))
  events.tell(BACK)
  expect(heard).toEqual(['first store.back', 'second store.back'])
})

test('a listener that throws disturbs neither who tells nor who listens, and its fault is known', () => {
  const faults: unknown[] = []
  const events = createEvents(fault => void faults.push(fault))
  const fault = new Error('expected')
  const heard = jest.fn()
  events.listen(() => {
    throw fault
  })
  events.listen(heard)
  events.tell(BACK)
  expect(heard).toHaveBeenCalledWith(BACK)
  expect(faults).toEqual([fault])
})

test('who stops listening hears nothing more, and the others go on', () => {
  const events = createEvents()
  const [stopped, listening] = [jest.fn(), jest.fn()]
  const stop = events.listen(stopped)
  events.listen(listening)
  stop()
  events.tell(BACK)
  expect(stopped).not.toHaveBeenCalled()
  expect(listening).toHaveBeenCalledTimes(1)
})

test('a failure says what our error says, and nothing that was input', () => {
  const options = { reason: 'errcode', wxErrcode: 40029, wxRid: 'rid', field: 'code' }
  expect(failureOf(new LoginError('code_invalid', options))).toEqual({
    ...{ error: 'code_invalid', reason: 'errcode', wxErrcode: 40029, wxRid: 'rid' },
  })
})

test('a failure names the user where it is known who that is, and has no such field else', () => {
  const failure = failureOf(new LoginError('user_disabled', { userId: 'u1' }))
  expect(failure).toMatchObject({ error: 'user_disabled', userId: 'u1' })
  expect('userId' in failureOf(new LoginError('code_used'))).toBe(false)
})

test('any other fault is ours, and its text is not told', () => {
  for (const fault of [new TypeError('secret'), 'secret', undefined, null, { code: 'secret' }]) {
    expect(failureOf(fault)).toEqual({ error: 'internal' })
  }
})

test.each<[ErrorCode, boolean]>([
  ['internal', true],
  ['misconfigured', true],
  ['overloaded', true],
  ['shutting_down', true],
  ['store_unavailable', true],
  ['wechat_bad_answer', true],
  ['wechat_quota', true],
  ['wechat_timeout', true],
  ['wechat_unavailable', true],
  ['code_used', false],
  ['user_blocked', false],
  ['token_invalid', false],
  ['session_key_stale', false],
  ['rate_limited', false],
])('%s says nothing about who asked: %j', (code, expected) => {
  expect(isUndecided(code)).toBe(expected)
})
