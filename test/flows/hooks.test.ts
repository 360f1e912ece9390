import type { LoggedInUser, LoginCandidate } from '../../src/index'
import { ConfigError, createLogin, LoginError, type LoginEvent } from '../../src/index'
import { JWT_SECRET, type Service, startService } from '../support/service'

describe('a host’s hooks', () => {
  const candidates: LoginCandidate[] = []
  const users: LoggedInUser[] = []
  const events: LoginEvent[] = []
  let refuse: Error | undefined
  let fail: Error | undefined
  let service: Service
  beforeAll(async () => {
    service = await startService({
      onEvent: event => void events.push(event),
      hooks: {
        async beforeLogin(candidate) {
          candidates.push(candidate)
          if (refuse) throw refuse
        },
        async afterLogin(user) {
          users.push(user)
          if (fail) throw fail
        },
      },
    })
  })
  afterEach(() => {
    refuse = undefined
    fail = undefined
    for (const list of [candidates, users, events]) list.length = 0
  })
  afterAll(() => service.close())
  const login = (code: string) => service.http.post('/login').send({ code })

  test('hear a first login and a later one, with the same user', async () => {
    const { openid } = service.simulator.user('ann')
    await service.logIn('ann')
    await service.logIn('ann')
    const [first, second] = users
    expect([first?.isNewUser, second?.isNewUser]).toEqual([true, false])
    expect(second).toMatchObject({ userId: first?.userId, openid, appid: first?.appid })
    expect(candidates.map(({ userId }) => userId)).toEqual([undefined, first?.userId])
  })

  test('may refuse: nothing is written, and the code stays refused', async () => {
    refuse = new LoginError('login_refused', { text: { zh: '仅限员工', en: 'Staff only.' } })
    const code = service.simulator.mintCode({ user: 'stranger' })
    const { body } = await login(code).expect(403)
    expect(body).toMatchObject({ error: 'login_refused', action: 'none', message: '仅限员工' })
    refuse = undefined
    // A code's record holds no text of the host's: docs/library.md says so.
    const repeated = (await login(code).expect(403)).body
    expect(repeated).toMatchObject({ error: 'login_refused', message: '不允许该用户登录' })
    const { openid } = service.simulator.user('stranger')
    expect(await service.login.users.byOpenid('wx0000000000000000', openid)).toBeUndefined()
    expect(users).toEqual([])
    expect(events.map(({ type }) => type)).toContain('login.refused')
  })

  test('that break let nobody in before, and change nothing after', async () => {
    refuse = new TypeError('canary')
    const { body } = await login(service.simulator.mintCode({ user: 'bob' })).expect(500)
    expect(body.error).toBe('internal')
    expect(JSON.stringify(body)).not.toContain('canary')
    refuse = undefined
    fail = new TypeError('canary')
    await login(service.simulator.mintCode({ user: 'bob' })).expect(200)
    const failed = events.flatMap(event => (event.type === 'hook.failed' ? event.hook : []))
    expect(failed).toEqual(['beforeLogin', 'afterLogin'])
  })

  test('are not called for a repeated answer', async () => {
    const code = service.simulator.mintCode({ user: 'carol' })
    const ask = () => login(code).set('Idempotency-Key', 'one')
    expect((await ask().expect(200)).body.token).toBe((await ask().expect(200)).body.token)
    expect(users).toHaveLength(1)
  })
})

test('a hook that does not exist is refused by name', async () => {
  const options = {
    apps: { wx0000000000000000: '5117a7ed5ec7e70005117a7ed5ec7e70' },
    jwtSecret: JWT_SECRET,
    database: 'memory:',
    hooks: { beforeLogIn() {} },
  }
  const refused = await createLogin(options as never).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(ConfigError)
  expect(String(refused)).toMatch(/hooks.*beforeLogIn.*beforeLogin/s)
})
