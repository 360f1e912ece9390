import fc from 'fast-check'
import { LoginError } from '../../src/errors'
import type { LoginPass, PlatformUser } from '../../src/login/platform'
import { createMemoryStore } from '../../src/store/memory/memory-store'
import {
  APPID,
  failing,
  ORIGIN,
  OTHER_APPID,
  obliging,
  openPass,
  startParts,
  userOf,
} from './parts'

const caller = (requestId: string) => ({ requestId, ip: '203.0.113.9' })

test('a code becomes a session of the user whom the platform names, and its token holds', async () => {
  const { login, identify, heard } = startParts()
  const answer = await login({ code: 'alice' }, ORIGIN)
  expect(answer).toMatchObject({ isNewUser: true, appid: APPID, isRepeat: false, expiresIn: 3600 })
  const { session } = await identify({ token: answer.token }, { origin: ORIGIN })
  expect(session).toMatchObject({ id: answer.sessionId, openid: 'openid-of-alice' })
  const { userId, sessionId } = answer
  expect(heard('login.succeeded')).toEqual([
    {
      ...{ type: 'login.succeeded', appid: APPID, userId, sessionId, isNewUser: true },
      ...{ ...ORIGIN, durationMs: expect.any(Number) },
    },
  ])
})

test('a login that names no app is for the first one, and each app has users of its own', async () => {
  const { login } = startParts()
  const one = await login({ code: 'ann' }, ORIGIN)
  const other = await login({ code: 'ann', appid: OTHER_APPID }, ORIGIN)
  expect([one.appid, other.appid]).toEqual([APPID, OTHER_APPID])
  expect(other.userId).not.toBe(one.userId)
})

test('an app that is not configured is refused and told, but its name is not repeated', async () => {
  const exchangeCode = jest.fn()
  const { login, told } = startParts({ platform: { exchangeCode } })
  const refused = login({ code: 'ann', appid: 'wx-made-up' }, ORIGIN)
  await expect(refused).rejects.toMatchObject({ code: 'unknown_appid' })
  expect(told).toMatchObject([{ type: 'login.refused', error: 'unknown_appid', appid: undefined }])
  expect(JSON.stringify(told)).not.toContain('wx-made-up')
  expect(exchangeCode).not.toHaveBeenCalled()
})

test('callers with one code at once share the answer, and one event names their requests', async () => {
  const exchangeCode = jest.fn(obliging.exchangeCode)
  const { login, heard } = startParts({ platform: { exchangeCode } })
  const answers = await Promise.all(
    ['first', 'second', 'third'].map(id => login({ code: 'bob' }, caller(id))),
  )
  expect(new Set(answers.map(({ token }) => token)).size).toBe(1)
  expect(exchangeCode).toHaveBeenCalledTimes(1)
  expect(heard('login.succeeded')).toMatchObject([
    { requestId: 'first', sharers: 2, sharedBy: ['second', 'third'] },
  ])
})

test('a login that nobody shares says nothing of sharers', async () => {
  const { login, told } = startParts()
  await login({ code: 'alone' }, ORIGIN)
  expect(told[0]).not.toHaveProperty('sharers')
  expect(told[0]).not.toHaveProperty('isRepeat')
})

test('a repeat with the same Idempotency-Key gets the session again, and is told as a repeat', async () => {
  const { login, clock, heard } = startParts()
  const request = { code: 'carol', idempotencyKey: 'key-1' }
  const first = await login(request, ORIGIN)
  clock.advance(59)
  const again = await login(request, caller('later'))
  expect(again).toMatchObject({ sessionId: first.sessionId, isRepeat: true })
  expect(heard('login.succeeded')).toMatchObject([
    { requestId: ORIGIN.requestId },
    { requestId: 'later', isRepeat: true, sessionId: first.sessionId },
  ])
})

test.each([
  ['code_invalid', 'login.refused'],
  ['user_blocked', 'login.refused'],
  ['wechat_timeout', 'login.failed'],
  ['misconfigured', 'login.failed'],
  ['overloaded', 'login.failed'],
] as const)(
  'a platform that says %s is told as %s, with its errcode and rid',
  async (code, type) => {
    const rid = '66c69111-4157f271-729ca238'
    const error = new LoginError(code, { wxErrcode: 40029, wxRid: rid, reason: 'errcode' })
    const { login, told } = startParts({ platform: { exchangeCode: () => Promise.reject(error) } })
    await expect(login({ code: 'dan' }, ORIGIN)).rejects.toBe(error)
    expect(told).toEqual([
      {
        ...{ type, appid: APPID, error: code, reason: 'errcode', wxErrcode: 40029, wxRid: rid },
        ...{ ...ORIGIN, durationMs: expect.any(Number) },
      },
    ])
  },
)

test('a fault of ours is told as internal, and whoever repeats the code hears internal', async () => {
  const broken = () => Promise.reject(new TypeError('expected'))
  const { login, told } = startParts({ platform: { exchangeCode: broken } })
  await expect(login({ code: 'eve' }, ORIGIN)).rejects.toThrow('expected')
  await expect(login({ code: 'eve' }, ORIGIN)).rejects.toMatchObject({ code: 'internal' })
  expect(told).toMatchObject([
    { type: 'login.failed', error: 'internal' },
    { type: 'login.failed', error: 'internal', isRepeat: true },
  ])
  expect(told[0]).not.toHaveProperty('reason', 'expected')
})

test('a store that fails after the exchange leaves the code spent', async () => {
  const store = createMemoryStore()
  const down = () => Promise.reject(new LoginError('store_unavailable'))
  const sessions = failing(store.sessions, { begin: down })
  const { login, told } = startParts({ store: { ...store, sessions } })
  await expect(login({ code: 'fay' }, ORIGIN)).rejects.toMatchObject({ code: 'store_unavailable' })
  await expect(login({ code: 'fay' }, ORIGIN)).rejects.toMatchObject({ code: 'code_used' })
  expect(told.map(event => event.type)).toEqual(['login.failed', 'login.refused'])
})

test('settled waits for the logins under way, and says whether there were any', async () => {
  const { login, settled } = startParts()
  expect(await settled()).toBe(false)
  let isDone = false
  const going = login({ code: 'gus' }, ORIGIN).then(() => {
    isDone = true
  })
  expect(await settled()).toBe(true)
  await going
  expect(isDone).toBe(true)
})

test('whatever the callers send at once, a code makes one session and one event', async () => {
  const request = fc.record({
    code: fc.constantFrom('hal', 'ida', 'joe'),
    idempotencyKey: fc.constantFrom(undefined, 'key-1', 'key-2'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 12 }), async requests => {
      const exchanged: string[] = []
      const exchangeCode = async (code: string) => {
        exchanged.push(code)
        return userOf(code)
      }
      const { login, heard } = startParts({ platform: { exchangeCode } })
      const answers = await Promise.all(requests.map(each => login(each, ORIGIN)))
      const codes = new Set(requests.map(({ code }) => code))
      expect(exchanged.sort()).toEqual([...codes].sort())
      expect(new Set(answers.map(({ sessionId }) => sessionId)).size).toBe(codes.size)
      const events = heard('login.succeeded')
      expect(events.filter(({ isRepeat }) => !isRepeat)).toHaveLength(codes.size)
      const sharers = events.reduce((sum, event) => sum + (event.sharers ?? 0), 0)
      expect(events.length + sharers).toBe(requests.length)
    }),
    { numRuns: 50 },
  )
})

test('a login that is not let in claims no code: the same code logs in later', async () => {
  const refusal = new LoginError('wechat_unavailable', { reason: 'breaker_open' })
  let isOpen = true
  const admitLogin = () => {
    if (isOpen) throw refusal
    return openPass
  }
  const store = createMemoryStore()
  const claim = jest.spyOn(store.codes, 'claim')
  const { login, heard } = startParts({ store, platform: { ...obliging, admitLogin } })
  await expect(login({ code: 'eve' }, ORIGIN)).rejects.toBe(refusal)
  expect(claim).not.toHaveBeenCalled()
  expect(heard('login.failed')).toMatchObject([{ reason: 'breaker_open' }])
  isOpen = false
  await expect(login({ code: 'eve' }, ORIGIN)).resolves.toMatchObject({ isNewUser: true })
})

test('the deadline runs from the arrival: what was spent before is not there for WeChat', async () => {
  const exchangeCode = jest.fn(obliging.exchangeCode)
  const { login } = startParts({ platform: { exchangeCode } })
  await login({ code: 'fay', arrivedAt: performance.now() - 20_000 }, ORIGIN)
  const deadline = exchangeCode.mock.calls[0]?.[1].deadline
  expect(deadline?.totalMs).toBe(60_000)
  expect(deadline?.leftMs()).toBeLessThanOrEqual(40_000)
})

test('one code with many keys takes one place: who waits for another caller gives its own back', async () => {
  let places = 0
  let mostPlaces = 0
  const admitLogin = (): LoginPass => {
    mostPlaces = Math.max(mostPlaces, ++places)
    let isIn = true
    return {
      asking: (_deadline, work) => work(),
      leave() {
        if (isIn) places--
        isIn = false
      },
    }
  }
  let answer = () => {}
  const exchangeCode = () =>
    new Promise<PlatformUser>(resolve => {
      answer = () => resolve(userOf('gil'))
    })
  const { login } = startParts({ platform: { admitLogin, exchangeCode } })
  const logins = Array.from({ length: 20 }, (_, i) =>
    login({ code: 'gil', idempotencyKey: `key-${i}` }, ORIGIN),
  )
  while (places > 1 || mostPlaces < 20) await new Promise(setImmediate)
  expect(places).toBe(1)
  answer()
  const answers = await Promise.all(logins)
  expect(new Set(answers.map(({ sessionId }) => sessionId)).size).toBe(1)
  expect(places).toBe(0)
})

test('a process that does not keep up takes no new logins, and claims nothing', async () => {
  let isLate = true
  const store = createMemoryStore()
  const claim = jest.spyOn(store.codes, 'claim')
  const { login } = startParts({ store, login: { isLate: () => isLate } })
  await expect(login({ code: 'hal' }, ORIGIN)).rejects.toMatchObject({
    code: 'overloaded',
    reason: 'event_loop',
  })
  expect(claim).not.toHaveBeenCalled()
  isLate = false
  await login({ code: 'hal' }, ORIGIN)
})

test('while the platform is away a repeat with its Idempotency-Key still gets its session', async () => {
  const refusal = new LoginError('wechat_unavailable', { reason: 'breaker_open' })
  let isAway = false
  const admitLogin = () => {
    if (isAway) throw refusal
    return openPass
  }
  const { login } = startParts({ platform: { ...obliging, admitLogin } })
  const request = { code: 'ida', idempotencyKey: 'key-1' }
  const first = await login(request, ORIGIN)
  isAway = true
  expect(await login(request, ORIGIN)).toMatchObject({ sessionId: first.sessionId, isRepeat: true })
  await expect(login({ code: 'ida' }, ORIGIN)).rejects.toBe(refusal)
  await expect(login({ code: 'new', idempotencyKey: 'key-2' }, ORIGIN)).rejects.toBe(refusal)
})
