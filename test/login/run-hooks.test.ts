import { setImmediate as turn } from 'node:timers/promises'
import type { LoginHooks } from '../../src/config/login-hooks'
import { LoginError } from '../../src/errors'
import { createEvents, type LoginEvent } from '../../src/events'
import { createRunHooks } from '../../src/login/run-hooks'
import { ORIGIN } from './parts'

const CANDIDATE = { appid: 'wx0', openid: 'oAnn' }
const USER = { ...CANDIDATE, userId: 'u', isNewUser: true, sessionId: 's' }
const never = () => new Promise<void>(() => {})

function start(hooks: LoginHooks, hookMs = 60_000) {
  const told: LoginEvent[] = []
  const lines: unknown[] = []
  const events = createEvents()
  events.listen(event => void told.push(event))
  const log = { error: (_event: string, fields?: object) => void lines.push(fields) }
  return { run: createRunHooks({ hooks, patience: { hookMs }, events, log }), told, lines }
}

describe('beforeLogin', () => {
  test('hears who is about to log in, and lets in who returns', async () => {
    const seen: unknown[] = []
    const { run, told } = start({ beforeLogin: candidate => void seen.push(candidate) })
    await run.before(CANDIDATE, ORIGIN)
    expect(seen).toEqual([CANDIDATE])
    expect(told).toEqual([])
  })

  test('refuses by login_refused, in the host’s own words, and nothing is told of a fault', async () => {
    const text = { zh: '未成年人不能登录', en: 'Minors may not log in.' }
    const { run, told } = start({
      beforeLogin() {
        throw new LoginError('login_refused', { text })
      },
    })
    await expect(run.before(CANDIDATE, ORIGIN)).rejects.toThrow('Minors may not log in.')
    const known = run.before({ ...CANDIDATE, userId: 'u1' }, ORIGIN)
    await expect(known).rejects.toMatchObject({ code: 'login_refused', userId: 'u1' })
    expect(told).toEqual([])
  })

  test.each([
    ['throws at once', () => Promise.reject(new TypeError('canary of a person'))],
    ['throws another error of ours', () => Promise.reject(new LoginError('code_invalid'))],
  ])(
    'that %s lets nobody in, and the event holds nothing of its text',
    async (_how, beforeLogin) => {
      const { run, told, lines } = start({ beforeLogin })
      await expect(run.before(CANDIDATE, ORIGIN)).rejects.toMatchObject({ code: 'internal' })
      expect(told).toEqual([
        { type: 'hook.failed', hook: 'beforeLogin', reason: 'threw', ...ORIGIN },
      ])
      expect(lines).toHaveLength(1)
      expect(JSON.stringify(told)).not.toContain('canary')
    },
  )

  test('that is late lets nobody in', async () => {
    const { run, told } = start({ beforeLogin: never }, 1)
    await expect(run.before(CANDIDATE, ORIGIN)).rejects.toMatchObject({ code: 'internal' })
    expect(told).toMatchObject([{ hook: 'beforeLogin', reason: 'late' }])
  })
})

describe('afterLogin', () => {
  test('is waited for', async () => {
    const order: string[] = []
    const { run } = start({
      async afterLogin({ isNewUser }) {
        await Promise.resolve()
        order.push(`hook ${isNewUser}`)
      },
    })
    await run.after(USER, ORIGIN)
    expect([...order, 'answer']).toEqual(['hook true', 'answer'])
  })

  test.each([
    ['throws', () => Promise.reject(new Error('x')), 60_000, 'threw'],
    [
      'refuses as beforeLogin may',
      () => Promise.reject(new LoginError('login_refused')),
      60_000,
      'threw',
    ],
    ['is late', never, 1, 'late'],
  ] as const)('that %s is told, and the login stands', async (_how, afterLogin, hookMs, reason) => {
    const { run, told } = start({ afterLogin }, hookMs)
    await run.after(USER, ORIGIN)
    expect(told).toEqual([{ type: 'hook.failed', hook: 'afterLogin', reason, ...ORIGIN }])
  })
})

test('hooks may be methods that need their object', async () => {
  const seen: string[] = []
  class Hooks {
    readonly #name = 'mine'
    beforeLogin() {
      seen.push(`${this.#name} before`)
    }
    afterLogin() {
      seen.push(`${this.#name} after`)
    }
  }
  const { run } = start(new Hooks())
  await run.before(CANDIDATE, ORIGIN)
  await run.after(USER, ORIGIN)
  expect(seen).toEqual(['mine before', 'mine after'])
})

test('what a hook fails with after its time is in the log, and told as late alone', async () => {
  let fail = (_error: Error) => {}
  const afterLogin = () => new Promise<void>((_resolve, reject) => (fail = reject))
  const { run, told, lines } = start({ afterLogin }, 1)
  await run.after(USER, ORIGIN)
  expect(lines).toEqual([])
  fail(new Error('the pool is closed'))
  await turn()
  expect(lines).toMatchObject([{ hook: 'afterLogin', stack: expect.stringContaining('the pool') }])
  expect(told).toMatchObject([{ reason: 'late' }])
})

test('without hooks nothing happens', async () => {
  const { run, told } = start({})
  await run.before(CANDIDATE, ORIGIN)
  await run.after(USER, ORIGIN)
  expect(told).toEqual([])
})
