import { type Service, startService } from '../../support/service'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())
const line = () => JSON.parse(String(service.requestLines.at(-1)))

test('the code, the appid and the Idempotency-Key of the request make the login', async () => {
  const code = service.simulator.mintCode()
  const first = { code, appid: 'wx0000000000000000', other: 'ignored' }
  const ask = () => service.http.post('/login').set('Idempotency-Key', 'try-1').send(first)
  const { body } = await ask().expect(200)
  expect((await ask().expect(200)).body.token).toBe(body.token)
  await service.http.post('/login').send(first).expect(400)
})

test('who logged in, and to which app, is there for the request log', async () => {
  const { token } = await service.logIn()
  const { user, appid } = line()
  const me = await service.http.get('/me').set({ token })
  expect([user, appid]).toEqual([me.body.id, 'wx0000000000000000'])
})

test('the code of DevTools without an AppID is refused with what to do, and asks nobody', async () => {
  const before = service.simulator.calls.length
  const { body } = await service.http.post('/login').send({ code: 'the code is a mock one' })
  expect(body).toMatchObject({ error: 'invalid_request', field: 'code' })
  expect(body.message).toContain('没有填 AppID')
  expect(body.message_en).toContain('DevTools')
  expect(line().reason).toBe('mock_code')
  expect(service.simulator.calls).toHaveLength(before)
})

test('a wrong Idempotency-Key is refused by its header’s name before the code is spent', async () => {
  const code = service.simulator.mintCode()
  const wrong = await service.http.post('/login').set('Idempotency-Key', 'a b').send({ code })
  expect(wrong.body).toMatchObject({ error: 'invalid_request', field: 'Idempotency-Key' })
  await service.http.post('/login').send({ code }).expect(200)
})
