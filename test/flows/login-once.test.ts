import { Clock } from '../support/clock'
import { type Service, startService } from '../support/service'
import { temporaryDatabase } from '../support/temporary'

describe.each(['memory', 'sqlite'])('one code, one login (%s)', kind => {
  let service: Service
  let removeDatabase = () => {}

  beforeAll(async () => {
    const database = kind === 'memory' ? { url: 'memory:', remove() {} } : temporaryDatabase()
    removeDatabase = database.remove
    service = await startService({ database: database.url })
  })
  afterAll(async () => {
    await service.close()
    removeDatabase()
  })
  beforeEach(() => service.simulator.reset())

  const login = (code: string, idempotencyKey?: string) => {
    const request = service.http.post('/login').send({ code })
    return idempotencyKey === undefined ? request : request.set('Idempotency-Key', idempotencyKey)
  }
  const sessionOf = (token: string): string =>
    JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString()).sid

  test('20 requests with one code at once: one upstream call, one session, 20 equal answers', async () => {
    const code = service.simulator.mintCode()
    service.simulator.fail({ late: 1000 })
    const answers = await Promise.all(Array.from({ length: 20 }, () => login(code)))
    expect(service.simulator.calls).toHaveLength(1)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
  })

  test('requests at once with different Idempotency-Keys share the session, too', async () => {
    const code = service.simulator.mintCode()
    service.simulator.fail({ late: 1000 })
    const answers = await Promise.all(['key-a', 'key-b', 'key-c'].map(key => login(code, key)))
    expect(service.simulator.calls).toHaveLength(1)
    expect(new Set(answers.map(({ body }) => sessionOf(body.token))).size).toBe(1)
  })

  test('a code that was spent is refused later, and WeChat is not asked again', async () => {
    const code = service.simulator.mintCode()
    await login(code).expect(200)
    const { body } = await login(code).expect(400)
    expect(body).toMatchObject({ error: 'code_used', action: 'login' })
    expect(service.simulator.calls).toHaveLength(1)
  })

  test('the same Idempotency-Key gets the first answer again for 60 seconds, then no more', async () => {
    const code = service.simulator.mintCode({ user: `idem-${kind}` })
    const first = await login(code, 'retry-1').expect(200)
    expect(first.body.is_new_user).toBe(true)
    expect((await login(code, 'retry-1').expect(200)).body).toEqual(first.body)
    service.clock.advance(59)
    const later = await login(code, 'retry-1').expect(200)
    expect(later.body).toEqual({ ...first.body, expires_in: 7200 - 59 })
    service.clock.advance(1)
    expect((await login(code, 'retry-1').expect(400)).body.error).toBe('code_used')
    expect(service.simulator.calls).toHaveLength(1)
  })

  test('another Idempotency-Key does not open a spent code', async () => {
    const code = service.simulator.mintCode()
    await login(code, 'mine').expect(200)
    expect((await login(code, 'guess').expect(400)).body.error).toBe('code_used')
  })

  test('after a log-out the Idempotency-Key brings nothing back', async () => {
    const code = service.simulator.mintCode()
    const { body } = await login(code, 'again').expect(200)
    await service.http.post('/logout').set('Authorization', `Bearer ${body.token}`).expect(200)
    expect((await login(code, 'again').expect(400)).body.error).toBe('code_used')
  })

  test('whoever repeats a code that failed hears the same error, and WeChat is not asked again', async () => {
    const code = service.simulator.mintCode()
    service.simulator.fail({ transport: 'html200' })
    await login(code).expect(502)
    const { body } = await login(code).expect(502)
    expect(body).toMatchObject({ error: 'wechat_bad_answer', action: 'login' })
    expect(service.simulator.calls).toHaveLength(1)
  })

  test('identity comes from WeChat alone, whatever the client says it is', async () => {
    const { token } = await service.logIn('honest')
    const me = await service.http.get('/me').set('Authorization', `Bearer ${token}`)
    const claims = { openid: 'oVictim', unionid: 'uVictim', userId: 'x', sid: 'y', token }
    const code = service.simulator.mintCode({ user: 'honest' })
    const answer = await service.http
      .post('/login?openid=oVictim')
      .set('X-WX-OPENID', 'oVictim')
      .set('Cookie', `sid=fixed; token=${token}`)
      .set('sessionid', token)
      .send({ code, ...claims })
      .expect(200)
    expect(sessionOf(answer.body.token)).not.toBe(sessionOf(token))
    const bearer = { Authorization: `Bearer ${answer.body.token}` }
    expect((await service.http.get('/me').set(bearer)).body.id).toBe(me.body.id)
    const verified = await service.http
      .get('/verify')
      .set(bearer)
      .set('X-Internal-Token', 'for-tests-only-4f9c2b7e8d1a6053e7b9c2d4')
    expect(verified.headers['x-openid']).toBe(service.simulator.user('honest').openid)
  })

  test('the same person in another mini program is another user', async () => {
    const { appid } = { appid: 'wx1111111111111111' }
    const one = await service.logIn('twin')
    const code = service.simulator.mintCode({ user: 'twin', appid })
    const two = await service.http.post('/login').send({ code, appid }).expect(200)
    const ids = await Promise.all(
      [one.token, two.body.token].map(async token => {
        const me = await service.http.get('/me').set('Authorization', `Bearer ${token}`)
        return me.body.id
      }),
    )
    expect(ids[0]).not.toBe(ids[1])
  })

  test('a user keeps ten sessions: the eleventh login ends the oldest', async () => {
    const tokens: string[] = []
    for (let i = 0; i < 11; i++) {
      service.clock.advance(1)
      tokens.push((await service.logIn('collector')).token)
    }
    const held = await Promise.all(
      tokens.map(
        async token => (await service.http.get(`/checklogin?token=${token}`)).body.is_login,
      ),
    )
    expect(held).toEqual([false, ...Array(10).fill(true)])
  })

  test('50 first logins of one person at once make one user, and one of them is new', async () => {
    const user = `crowd-${kind}`
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => login(service.simulator.mintCode({ user })).expect(200)),
    )
    expect(answers.filter(({ body }) => body.is_new_user)).toHaveLength(1)
    const subjects = answers.map(
      ({ body }) => JSON.parse(Buffer.from(body.token.split('.')[1], 'base64url').toString()).sub,
    )
    expect(new Set(subjects).size).toBe(1)
  })
})

describe('one code on two instances that share a database', () => {
  test('is exchanged by one of them, and both give the same session', async () => {
    const database = temporaryDatabase()
    const clock = new Clock()
    const one = await startService({ database: database.url, clock })
    const two = await startService({ database: database.url, clock, simulator: one.simulator })
    try {
      const code = one.simulator.mintCode()
      one.simulator.fail({ late: 1500 })
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          (i % 2 ? one : two).http.post('/login').send({ code }).expect(200),
        ),
      )
      expect(one.simulator.calls).toHaveLength(1)
      expect(new Set(answers.map(({ body }) => body.token)).size).toBe(1)

      const { token } = answers[0]?.body ?? {}
      await two.http.post('/logout').set('Authorization', `Bearer ${token}`).expect(200)
      await one.http.get('/me').set('Authorization', `Bearer ${token}`).expect(401)
    } finally {
      await two.close()
      await one.close()
      database.remove()
    }
  })
})
