import { failureOf, type Hall, openHall, shareClock } from './phone'

let hall: Hall
beforeAll(async () => {
  hall = await openHall()
  shareClock(hall.service.clock)
})
afterEach(() => hall.service.simulator.reset())
afterAll(() => hall.service.close())

const LOGIN = '/api/v1/login'
const callsOfWechat = () => hall.service.simulator.counts['/sns/jscode2session'] ?? 0

test('twenty callers share one login under way', async () => {
  const { wx, login } = hall.phone()
  const answers = await Promise.all([
    ...Array.from({ length: 10 }, () => login.login()),
    ...Array.from({ length: 10 }, () => login.ready),
  ])
  expect(wx.logins).toBe(1)
  expect(wx.asked()).toEqual([`POST ${LOGIN}`])
  expect(answers[0]).toMatchObject({ message: 'success!', token_type: 'Bearer' })
  expect(answers[19]).toBeUndefined()
})

test('login() logs in anew, also where somebody is logged in', async () => {
  const { wx, login } = hall.phone()
  const [first, second] = [await login.login(), await login.login()]
  expect(wx.logins).toBe(2)
  expect(second.token).not.toBe(first.token)
})

test('a login that fails takes nothing from whom is logged in', async () => {
  const { wx, login, changes } = hall.phone()
  await login.login()
  wx.loginFault = 'fails'
  const failing = failureOf(login.login())
  expect((await login.request({ url: '/orders' })).statusCode).toBe(200)
  expect((await failing).code).toBe('network')
  expect(changes).toEqual([true])
})

test('ready waits for a login, and asks for none where somebody is logged in', async () => {
  const { wx, login } = hall.phone()
  await login.ready
  await login.ready
  expect(wx.logins).toBe(1)
})

test('an answer that was lost is asked for again by the same code and the same key', async () => {
  const { wx, login } = hall.phone()
  wx.fault = ({ path }, nth) => (path === LOGIN && nth === 1 ? 'lost' : undefined)
  await login.login()
  expect((await login.me()).id).toEqual(expect.any(String))
  const [first, second] = wx.requests.filter(({ path }) => path === LOGIN)
  expect(second?.body).toBe(first?.body)
  expect(second?.header['Idempotency-Key']).toBe(first?.header['Idempotency-Key'])
  expect(wx.logins).toBe(1)
  expect(callsOfWechat()).toBe(1)
})

test('each login has a key of its own', async () => {
  const { wx, login } = hall.phone()
  await login.login()
  await login.login()
  const keys = wx.requests.map(({ header }) => header['Idempotency-Key'])
  expect(new Set(keys).size).toBe(2)
})

test('a network that stays away is told after the second try', async () => {
  const { wx, login, changes } = hall.phone()
  wx.fault = () => 'cut'
  expect(await failureOf(login.login())).toMatchObject({
    ...{ name: 'LoginClientError', code: 'network', action: 'retry', status: 0 },
    message: expect.stringContaining('ERR_INTERNET_DISCONNECTED'),
  })
  expect(wx.asked()).toHaveLength(2)
  expect(wx.logins).toBe(1)
  expect(changes).toEqual([])
})

test.each([
  ['40029, invalid', { errcode: 40029 }],
  ['40163, used', { errcode: 40163 }],
  ['no answer of WeChat’s that can be read', { transport: 'empty' }],
] as const)('a code that comes to nothing (%s) is replaced by a new one', async (_, fault) => {
  const { wx, login } = hall.phone()
  hall.service.simulator.fail(fault)
  await login.login()
  expect(wx.logins).toBe(2)
})

test('a third code is never asked for', async () => {
  const { wx, login } = hall.phone()
  hall.service.simulator.fail({ errcode: 40029 }, { times: 5 })
  const error = await failureOf(login.login())
  expect(error).toMatchObject({
    ...{ code: 'code_invalid', action: 'login', status: 400, retryAfter: undefined },
    requestId: expect.any(String),
    message: expect.stringMatching(/登录凭证/),
  })
  expect(wx.logins).toBe(2)
})

test.each([
  [
    'a pause that the server names',
    45011,
    { code: 'wechat_quota', retryAfter: expect.any(Number) },
  ],
  ['a user whom WeChat refuses', 40226, { code: 'user_blocked', action: 'none', status: 403 }],
  ['a wrong AppSecret', 40125, { code: 'misconfigured', action: 'contact_admin' }],
])('%s is told at once', async (_, errcode, told) => {
  const { wx, login } = hall.phone()
  hall.service.simulator.fail({ errcode }, { times: 5 })
  expect(await failureOf(login.login())).toMatchObject(told)
  expect(wx.logins).toBe(1)
})

test('wx.login that fails is a network error with WeChat’s words', async () => {
  const { wx, login } = hall.phone()
  wx.loginFault = 'fails'
  const error = await failureOf(login.login())
  expect(error).toMatchObject({ code: 'network', message: expect.stringContaining('login:fail') })
  expect(wx.requests).toEqual([])
})

test('nobody waits for ever for a platform that calls nobody back', async () => {
  const { wx, login } = hall.phone({ timeoutMs: 20 })
  wx.loginFault = 'never calls back'
  const asking = [login.login(), login.ready, login.request({ url: '/orders' })]
  const codes = await Promise.all(asking.map(async each => (await failureOf(each)).code))
  expect(codes).toEqual(['network', 'network', 'network'])
  wx.loginFault = undefined
  wx.fault = () => 'hangs'
  expect((await failureOf(login.login())).code).toBe('network')
  expect(wx.asked()).toEqual([`POST ${LOGIN}`, `POST ${LOGIN}`])
})

test('an answer of somebody else’s is not taken for a login', async () => {
  const { login } = hall.phone({ baseUrl: hall.baseUrl.replace('/api/v1', '/wrong') })
  expect(await failureOf(login.login())).toMatchObject({
    ...{ code: 'internal', status: 404 },
    message: expect.stringContaining('baseUrl'),
  })
})

test('the appid goes with the code', async () => {
  const { login } = hall.phone({ appid: 'wx1111111111111112' })
  expect(await failureOf(login.login())).toMatchObject({ code: 'unknown_appid', status: 400 })
})

test('onChange hears each change once', async () => {
  const heard: boolean[] = []
  const onChange = ({ isLoggedIn }: { isLoggedIn: boolean }) => void heard.push(isLoggedIn)
  const { login } = hall.phone({ onChange })
  await login.ready
  await hall.endSessions()
  // Logged in again at once: nobody needs to hear of it.
  await login.request({ url: '/orders' })
  expect(heard).toEqual([true])
  await hall.endSessions()
  expect((await login.check()).is_login).toBe(false)
  await login.login()
  await login.logout()
  expect(heard).toEqual([true, false, true, false])
})
