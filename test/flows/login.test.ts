import { HOSTS, type Service, startService } from '../support/service'

const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/

describe.each(HOSTS)('a mini program on a service that runs as: %s', host => {
  let service: Service
  const url = (path: string) => `${service.prefix}${path}`

  beforeAll(async () => {
    service = await startService({ host })
  })
  afterAll(() => service.close())

  test('logs in with a code and gets a token and nothing of WeChat’s', async () => {
    const code = service.simulator.mintCode({ user: 'newcomer' })
    const answer = await service.http.post(url('/login')).send({ code }).expect(200)
    expect(answer.body).toEqual({
      message: 'success!',
      token: expect.stringMatching(TOKEN),
      token_type: 'Bearer',
      expires_in: 7200,
      is_new_user: true,
    })
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/^[\w-]{36}$/),
    })
  })

  test('is recognised as the same user the next time', async () => {
    const first = await service.logIn('regular')
    const second = await service.logIn('regular')
    expect(second.body.is_new_user).toBe(false)
    const [one, two] = await Promise.all(
      [first, second].map(({ token }) =>
        service.http.get(url('/me')).set('Authorization', `Bearer ${token}`).expect(200),
      ),
    )
    expect(one?.body.id).toBe(two?.body.id)
  })

  test('asks whether it is logged in: in the header, the query and the body', async () => {
    const { token } = await service.logIn()
    const yes = { is_login: true, expires_in: 7200, session_key: 'fresh', next: 'none' }
    const asks = [
      service.http.get(url('/checklogin')).set('Authorization', `Bearer ${token}`),
      service.http.post(url('/checklogin')).set('Authorization', `bearer ${token}`),
      service.http.get(url(`/checklogin?token=${token}`)),
      service.http.post(url('/checklogin')).send({ token }),
    ]
    for (const ask of asks) expect((await ask.expect(200)).body).toEqual(yes)
  })

  test('hears why it is not logged in, always with 200', async () => {
    const no = { is_login: false, expires_in: 0, session_key: 'unknown', next: 'login' }
    const missing = await service.http.get(url('/checklogin')).expect(200)
    expect(missing.body).toEqual({ ...no, reason: 'token_missing' })
    const invalid = await service.http.get(url('/checklogin?token=nonsense')).expect(200)
    expect(invalid.body).toEqual({ ...no, reason: 'token_invalid' })
  })

  test('gets an answer from /checklogin and /isAuth whatever body it sends', async () => {
    const { token } = await service.logIn()
    const broken = service.http.post(url('/checklogin')).set('Content-Type', 'application/json')
    const check = await broken.set('Authorization', `Bearer ${token}`).send('{"a":').expect(200)
    expect(check.body.is_login).toBe(true)
    const form = await service.http.post(url('/isAuth')).type('form').send({ token }).expect(200)
    expect(form.body.code).toBe('200')
    const text = await service.http.post(url('/isAuth')).type('text').send(token).expect(200)
    expect(text.body.code).toBe('10119')
  })

  test('renews its token, and both the old and the new one hold', async () => {
    const { token } = await service.logIn()
    const renewed = await service.http
      .post(url('/refresh'))
      .set('Authorization', `Bearer ${token}`)
      .expect(200)
    expect(renewed.body).toMatchObject({ message: 'success!', token_type: 'Bearer' })
    for (const held of [token, renewed.body.token]) {
      const { body } = await service.http.get(url(`/checklogin?token=${held}`))
      expect(body.is_login).toBe(true)
    }
  })

  test('logs out, and the very next request with that token is refused', async () => {
    const { token } = await service.logIn()
    const bearer = { Authorization: `Bearer ${token}` }
    const out = await service.http.post(url('/logout')).set(bearer).expect(200)
    expect(out.body).toEqual({ message: 'success!' })
    const { body } = await service.http.get(url('/me')).set(bearer).expect(401)
    expect(body).toMatchObject({ error: 'session_ended', action: 'login' })
    const check = await service.http.get(url('/checklogin')).set(bearer)
    expect(check.body).toMatchObject({ is_login: false, reason: 'session_ended' })
  })

  test('ends all sessions of its user, and of nobody else', async () => {
    const mine = [await service.logIn('carol'), await service.logIn('carol')]
    const other = await service.logIn('dave')
    await service.http
      .post(url('/logout'))
      .set('Authorization', `Bearer ${mine[0]?.token}`)
      .send({ all: true })
      .expect(200)
    for (const { token } of mine) {
      await service.http.get(url('/me')).set('Authorization', `Bearer ${token}`).expect(401)
    }
    await service.http.get(url('/me')).set('Authorization', `Bearer ${other.token}`).expect(200)
  })

  test('keeps a nickname and an avatar, and never sees its openid', async () => {
    const { token } = await service.logIn('erin')
    const bearer = { Authorization: `Bearer ${token}` }
    const changed = await service.http
      .put(url('/me'))
      .set(bearer)
      .send({ nickname: '小明', avatar_url: 'https://example.com/a.png', openid: 'victim' })
      .expect(200)
    const { body } = await service.http.get(url('/me')).set(bearer).expect(200)
    expect(body).toEqual(changed.body)
    expect(body).toEqual({
      id: expect.stringMatching(/^[\w-]{22}$/),
      appid: 'wx0000000000000000',
      nickname: '小明',
      avatar_url: 'https://example.com/a.png',
      phone_number: null,
      created_at: '2026-01-02T03:04:05.000Z',
      last_login_at: '2026-01-02T03:04:05.000Z',
    })
    const cleared = await service.http.put(url('/me')).set(bearer).send({ nickname: null })
    expect(cleared.body).toMatchObject({ nickname: null, avatar_url: 'https://example.com/a.png' })
  })

  test('is let through by a gateway that asks /verify', async () => {
    const { token } = await service.logIn('frank')
    const bearer = { Authorization: `Bearer ${token}` }
    const passed = await service.http.get(url('/verify')).set(bearer).expect(200)
    expect(passed.headers).toMatchObject({
      'x-user-id': expect.stringMatching(/^[\w-]{22}$/),
      'x-appid': 'wx0000000000000000',
    })
    expect(passed.headers['x-openid']).toBe('')
    await service.http.get(url('/verify')).expect(401)
  })

  describe('written for a published backend', () => {
    test('GET /auth?code= gives data.token, which POST /isAuth takes', async () => {
      const code = service.simulator.mintCode()
      const auth = await service.http.get(url(`/auth?code=${code}`)).expect(200)
      expect(auth.body).toEqual({
        code: '200',
        message: '登录',
        data: { token: expect.stringMatching(TOKEN) },
      })
      const { token } = auth.body.data
      const valid = await service.http.post(url('/isAuth')).send({ token }).expect(200)
      expect(valid.body).toEqual({
        code: '200',
        message: '验证成功',
        data: { is_login: true, expires_in: 7200 },
      })
      const missing = await service.http.post(url('/isAuth')).send({}).expect(200)
      expect(missing.body).toEqual({ code: '10119', message: 'token必须传递' })
      await service.http.post(url('/logout')).set('Authorization', `Bearer ${token}`).expect(200)
      const over = await service.http.post(url('/isAuth')).send({ token }).expect(200)
      expect(over.body).toEqual({ code: '10200', message: 'token已过期' })
    })

    test('POST /auth {code} works alike, and failures keep its envelope with our status', async () => {
      const code = service.simulator.mintCode()
      const auth = await service.http.post(url('/auth')).send({ code }).expect(200)
      expect(auth.body.data.token).toMatch(TOKEN)
      const again = await service.http.post(url('/auth')).send({ code }).expect(400)
      expect(again.body).toEqual({ code: 'code_used', message: expect.stringMatching(/已被使用/) })
    })

    test('POST /wx/onlogin gives a sessionid that guarded routes take as a header', async () => {
      const code = service.simulator.mintCode()
      const onlogin = await service.http.post(url('/wx/onlogin')).send({ code }).expect(200)
      expect(onlogin.body).toEqual({ sessionid: expect.stringMatching(TOKEN) })
      const { sessionid } = onlogin.body
      await service.http.get(url('/me')).set('sessionid', sessionid).expect(200)
      const inQuery = service.simulator.mintCode()
      await service.http.post(url(`/wx/onlogin?code=${inQuery}`)).expect(200)
    })
  })

  test('finds each path in our error shape when the method is wrong', async () => {
    const { body, headers } = await service.http.delete(url('/login')).expect(405)
    expect(headers.allow).toBe('POST')
    expect(body).toEqual({
      error: 'method_not_allowed',
      message: expect.any(String),
      message_en: expect.any(String),
      action: 'fix_request',
      retry_after: null,
      request_id: headers['x-request-id'],
    })
  })
})
