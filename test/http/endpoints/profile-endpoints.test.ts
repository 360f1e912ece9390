import { type Service, startService } from '../../support/service'

let service: Service
let token: string
beforeAll(async () => {
  service = await startService()
  token = (await service.logIn()).token
})
afterAll(() => service.close())
const change = async (body: object) =>
  (await service.http.put('/me').set({ token }).send(body).expect(200)).body

test('what is sent changes, null clears, and what is absent stays', async () => {
  const avatar_url = 'https://a.example/b.png'
  expect(await change({ nickname: '小明', avatar_url })).toMatchObject({
    nickname: '小明',
    avatar_url,
  })
  expect(await change({ nickname: null })).toMatchObject({ nickname: null, avatar_url })
  expect(await change({})).toMatchObject({ nickname: null, avatar_url })
  const { body } = await service.http.get('/me').set({ token }).expect(200)
  expect(body).toMatchObject({ nickname: null, avatar_url })
})

test('times are told as ISO 8601', async () => {
  const { body } = await service.http.get('/me').set({ token }).expect(200)
  expect(body).toMatchObject({
    created_at: '2026-01-02T03:04:05.000Z',
    last_login_at: '2026-01-02T03:04:05.000Z',
  })
})
