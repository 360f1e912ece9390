import { type Service, startService } from '../support/service'

let service: Service
beforeEach(async () => {
  service = await startService({ tokenTtlSeconds: 3600, sessionTtlSeconds: 10_000 })
})
afterEach(() => service.close())

const check = async (token: string) =>
  (await service.http.get(`/checklogin?token=${token}`).expect(200)).body
const refresh = (token: string) =>
  service.http.post('/refresh').set('Authorization', `Bearer ${token}`)

test('a token counts down, asks to be renewed in its last quarter, and expires', async () => {
  const { token } = await service.logIn()
  service.clock.advance(2700)
  expect(await check(token)).toMatchObject({ is_login: true, expires_in: 900, next: 'none' })
  service.clock.advance(1)
  expect(await check(token)).toMatchObject({ is_login: true, expires_in: 899, next: 'renew' })
  service.clock.advance(899)
  expect(await check(token)).toEqual({
    is_login: false,
    expires_in: 0,
    session_key: 'unknown',
    next: 'login',
    reason: 'token_expired',
  })
  const { body } = await refresh(token).expect(401)
  expect(body.error).toBe('token_expired')
})

test('renewing never carries a token past its session’s end', async () => {
  let { token } = await service.logIn()
  for (let renewal = 1; renewal <= 4; renewal++) {
    service.clock.advance(2000)
    const { body } = await refresh(token).expect(200)
    token = body.token
    expect(body.expires_in).toBe(Math.min(3600, 10_000 - elapsed()))
  }
  expect(await check(token)).toMatchObject({ is_login: true, next: 'none' })
  service.clock.advance(10_000 - elapsed())
  expect(await check(token)).toMatchObject({ is_login: false })
  expect((await refresh(token)).status).toBe(401)
})

const START = Date.UTC(2026, 0, 2, 3, 4, 5)
const elapsed = () => (service.clock.ms - START) / 1000

test('20 renewals at once all hold', async () => {
  const { token } = await service.logIn()
  const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(token).expect(200)))
  for (const { body } of answers) expect((await check(body.token)).is_login).toBe(true)
})

test('a renewal that runs against a log-out leaves nothing that holds', async () => {
  for (let i = 0; i < 10; i++) {
    const { token } = await service.logIn()
    const bearer = { Authorization: `Bearer ${token}` }
    const [renewed] = await Promise.all([
      refresh(token),
      service.http.post('/logout').set(bearer).expect(200),
    ])
    expect((await check(token)).is_login).toBe(false)
    if (renewed?.status === 200) expect((await check(renewed.body.token)).is_login).toBe(false)
  }
})

test('checklogin changes nothing, however often it is asked', async () => {
  const { token } = await service.logIn()
  const bearer = { Authorization: `Bearer ${token}` }
  const before = (await service.http.get('/me').set(bearer)).body
  service.clock.advance(60)
  for (let i = 0; i < 50; i++) await check(token)
  expect((await service.http.get('/me').set(bearer)).body).toEqual(before)
  expect(await check(token)).toMatchObject({ expires_in: 3540 })
})

test('session_key is fresh for 5 minutes, then unknown, and replaced after a newer login', async () => {
  const { token } = await service.logIn('henry')
  service.clock.advance(300)
  expect(await check(token)).toMatchObject({ session_key: 'fresh' })
  service.clock.advance(1)
  expect(await check(token)).toMatchObject({ session_key: 'unknown' })
  const newer = await service.logIn('henry')
  expect(await check(token)).toMatchObject({ is_login: true, session_key: 'replaced' })
  expect(await check(newer.token)).toMatchObject({ session_key: 'fresh' })
})

test('logging in again leaves the older token as it is', async () => {
  const first = await service.logIn('ivy')
  await service.logIn('ivy')
  expect(await check(first.token)).toMatchObject({ is_login: true })
})
