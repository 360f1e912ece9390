import { type Service, startService } from '../../support/service'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())
const code = () => service.simulator.mintCode()

test('the code of an alias may stand in the body or the query, and the body wins', async () => {
  await service.http.get(`/auth?code=${code()}`).expect(200)
  await service.http.post(`/auth?code=${code()}`).expect(200)
  await service.http.post('/auth').send({ code: code() }).expect(200)
  const wins = await service.http.post(`/auth?code=${code()}`).send({ code: 'z'.repeat(32) })
  expect([wins.status, wins.body.code]).toEqual([400, 'code_invalid'])
})

test('the appid of an alias may stand there too', async () => {
  const appid = 'wx1111111111111111'
  const theirs = service.simulator.mintCode({ appid })
  const { body } = await service.http.get(`/auth?code=${theirs}&appid=${appid}`).expect(200)
  const me = await service.http.get('/me').set({ token: body.data.token }).expect(200)
  expect(me.body.appid).toBe(appid)
  const unknown = await service.http.post('/wx/onlogin').send({ code: code(), appid: 'wx9' })
  expect(unknown.body.error).toBe('unknown_appid')
})

test('/wx/onlogin gives what the sessionid header then carries', async () => {
  const { body } = await service.http.post('/wx/onlogin').send({ code: code() }).expect(200)
  await service.http.get('/me').set({ sessionid: body.sessionid }).expect(200)
})

test('/isAuth says how long the token runs, and whether none was sent or a wrong one', async () => {
  const { token } = await service.logIn()
  const ask = async (body: object) => (await service.http.post('/isAuth').send(body)).body
  expect(await ask({ token })).toEqual({
    ...{ code: '200', message: '验证成功' },
    data: { is_login: true, expires_in: 7200 },
  })
  for (const none of [{}, { token: '' }, { token: 7 }]) expect((await ask(none)).code).toBe('10119')
  expect((await ask({ token: 'x' })).code).toBe('10200')
})

test('a failure of /auth is said in its own envelope, and of /wx/onlogin in ours', async () => {
  const auth = await service.http.get('/auth').expect(400)
  expect(auth.body).toEqual({ code: 'code_missing', message: expect.any(String) })
  const onlogin = await service.http.post('/wx/onlogin').expect(400)
  expect(onlogin.body).toMatchObject({ error: 'code_missing', action: 'fix_request' })
})
