import { type Service, startService } from '../../support/service'

let service: Service
let token: string
beforeAll(async () => {
  service = await startService()
  token = (await service.logIn()).token
})
afterAll(() => service.close())

const reasonOf = async (asked: PromiseLike<{ status: number; body: Record<string, unknown> }>) => {
  const { status, body } = await asked
  return [status, body.is_login, body.reason]
}
const YES = [200, true, undefined]
const NONE = [200, false, 'token_missing']
const WRONG = [200, false, 'token_invalid']

test('the header is read before the query, and the query before the body', async () => {
  const good = { Authorization: `Bearer ${token}` }
  const bad = { Authorization: 'Bearer x' }
  const { http } = service
  expect(await reasonOf(http.get('/checklogin').set(good))).toEqual(YES)
  expect(await reasonOf(http.get(`/checklogin?token=${token}`))).toEqual(YES)
  expect(await reasonOf(http.post('/checklogin').send({ token }))).toEqual(YES)
  expect(await reasonOf(http.get(`/checklogin?token=${token}`).set(bad))).toEqual(WRONG)
  expect(await reasonOf(http.post('/checklogin?token=x').send({ token }))).toEqual(WRONG)
})

test('a token that is no text is none, and the answer comes all the same', async () => {
  for (const value of [7, null, [token], { token }]) {
    expect(await reasonOf(service.http.post('/checklogin').send({ token: value }))).toEqual(NONE)
  }
})

test('two tokens where one belongs are a token that cannot be valid', async () => {
  const twice = `/checklogin?token=${token}&token=${token}`
  expect(await reasonOf(service.http.get(twice))).toEqual(WRONG)
})
