import { failureOf, type Hall, openHall, shareClock } from './phone'

let hall: Hall
beforeAll(async () => {
  hall = await openHall()
  shareClock(hall.service.clock)
})
afterAll(() => hall.service.close())

const tokenOf = async (asking: Promise<{ token: string }>) => (await asking).token
const isLogin = async (token: string) =>
  (await hall.service.http.get('/api/v1/checklogin').set('Authorization', `Bearer ${token}`)).body
    .is_login

test('after a log-out requests go without a token until login() is called', async () => {
  const { wx, login, changes } = hall.phone()
  const token = await tokenOf(login.login())
  await login.logout()
  expect(await isLogin(token)).toBe(false)
  const answers = await Promise.all([
    login.request({ url: '/orders' }),
    login.request({ url: '/orders' }),
  ])
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401])
  expect(wx.requests.at(-1)?.header).not.toHaveProperty('Authorization')
  expect(await failureOf(login.me())).toMatchObject({ code: 'token_missing', status: 401 })
  expect(wx.logins).toBe(1)
  await login.login()
  expect((await login.request({ url: '/orders' })).statusCode).toBe(200)
  expect(wx.logins).toBe(2)
  expect(changes).toEqual([true, false, true])
})

test('a log-out outlives the mini program', async () => {
  const { wx, login, relaunch } = hall.phone()
  await login.login()
  await login.logout()
  expect((await relaunch().request({ url: '/orders' })).statusCode).toBe(401)
  expect(wx.logins).toBe(1)
})

test('ready asks for somebody who is logged in, also after a log-out', async () => {
  const { wx, login } = hall.phone()
  await login.login()
  await login.logout()
  await login.ready
  expect((await login.request({ url: '/orders' })).statusCode).toBe(200)
  expect(wx.logins).toBe(2)
})

test('a request under way at a log-out is not repeated by a login', async () => {
  const { wx, login } = hall.phone()
  await login.login()
  await hall.endSessions()
  let leaving: Promise<void> | undefined
  wx.fault = ({ path }) => {
    if (path === '/api/v1/orders') leaving ??= login.logout()
    return undefined
  }
  expect((await login.request({ url: '/orders' })).statusCode).toBe(401)
  await leaving
  expect(wx.logins).toBe(1)
})

test('a log-out during a login comes after it', async () => {
  const { login } = hall.phone()
  const logging = login.login()
  await login.logout()
  expect(await isLogin((await logging).token)).toBe(false)
  expect((await login.request({ url: '/orders' })).statusCode).toBe(401)
})

test('a log-out that cannot be told to the server holds here, and says so', async () => {
  const { wx, login } = hall.phone()
  const token = await tokenOf(login.login())
  wx.fault = () => 'cut'
  expect(await failureOf(login.logout())).toMatchObject({ code: 'network' })
  wx.fault = () => undefined
  expect((await login.request({ url: '/orders' })).statusCode).toBe(401)
  expect(await isLogin(token)).toBe(true)
})

test('a log-out without a login, and of a session that has ended, are no errors', async () => {
  const { wx, login } = hall.phone()
  await login.logout()
  expect(wx.requests).toEqual([])
  await login.login()
  await hall.endSessions()
  await login.logout()
  expect(wx.logins).toBe(1)
})

test('all: ends the sessions of the user’s other phones, too', async () => {
  const [one, other] = [hall.phone(), hall.phone()]
  const token = await tokenOf(other.login.login())
  await one.login.logout({ all: true })
  expect(await isLogin(token)).toBe(false)
  expect((await one.login.request({ url: '/orders' })).statusCode).toBe(401)
})

test('all: logs in once more where this phone’s own session has ended', async () => {
  const [one, other] = [hall.phone(), hall.phone()]
  await one.login.login()
  await hall.endSessions()
  const token = await tokenOf(other.login.login())
  await one.login.logout({ all: true })
  expect(await isLogin(token)).toBe(false)
  expect(one.wx.logins).toBe(2)
  expect((await one.login.request({ url: '/orders' })).statusCode).toBe(401)
})

test('all: takes two codes at the most', async () => {
  const { wx, login } = hall.phone()
  hall.service.simulator.fail({ errcode: 40029 })
  wx.fault = async ({ path }) => {
    if (path === '/api/v1/logout') await hall.endSessions()
    return undefined
  }
  expect(await failureOf(login.logout({ all: true }))).toMatchObject({ code: 'session_ended' })
  expect(wx.logins).toBe(2)
})
