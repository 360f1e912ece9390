import { LoginClientError } from '../../client/miniprogram_dist'
import { failureOf, type Hall, openHall, type Phone, shareClock } from './phone'

let hall: Hall
beforeAll(async () => {
  hall = await openHall()
  shareClock(hall.service.clock)
})
afterAll(() => hall.service.close())

const statusOf = async (asking: Promise<{ statusCode: number }>) => (await asking).statusCode
const tokensOf = ({ wx }: Phone, path: string) =>
  wx.requests.filter(request => request.path === path).map(({ header }) => header.Authorization)

test('50 requests at launch wait for one login, and WeChat’s limit of 10 at once is kept', async () => {
  const { wx, login } = hall.phone()
  const asking = Array.from({ length: 50 }, () => statusOf(login.request({ url: '/orders' })))
  expect(new Set(await Promise.all(asking))).toEqual(new Set([200]))
  expect(wx.logins).toBe(1)
  const [first, ...others] = wx.requests
  expect(first?.header).toHaveProperty('X-WX-Code')
  expect(new Set(others.map(({ header }) => header.Authorization)).size).toBe(1)
  expect(others.filter(({ header }) => header['X-WX-Code'])).toEqual([])
  expect(wx.requests).toHaveLength(50)
  expect(wx.mostAtOnce).toBe(8)
})

test('a session that has ended costs one login and one repeat', async () => {
  const { wx, login } = hall.phone()
  await login.login()
  await hall.endSessions()
  expect(await statusOf(login.request({ url: '/orders' }))).toBe(200)
  expect(wx.logins).toBe(2)
  expect(wx.asked('/api/v1/orders')).toHaveLength(2)
})

test('ten requests with a session that has ended share one login', async () => {
  const { wx, login } = hall.phone()
  await login.login()
  await hall.endSessions()
  const asking = Array.from({ length: 10 }, () => statusOf(login.request({ url: '/orders' })))
  expect(new Set(await Promise.all(asking))).toEqual(new Set([200]))
  expect(wx.logins).toBe(2)
  expect(wx.asked('/api/v1/login')).toHaveLength(2)
})

test('a POST that was refused with 401 is done once, after the login', async () => {
  const { login } = hall.phone()
  await login.login()
  await hall.endSessions()
  const before = hall.orders
  const { data } = await login.request<{ order: number }>({ url: '/orders', method: 'POST' })
  expect(data.order).toBe(before + 1)
  expect(hall.orders).toBe(before + 1)
})

test('a route that always answers 401 is asked twice and never again', async () => {
  const { wx, login } = hall.phone()
  const { statusCode, data } = await login.request({ url: '/never' })
  expect({ statusCode, data }).toEqual({ statusCode: 401, data: { error: 'mine' } })
  expect(wx.asked('/api/v1/never')).toHaveLength(2)
  expect(wx.logins).toBe(1)
  await login.request({ url: '/never' })
  expect(wx.asked('/api/v1/never')).toHaveLength(4)
  expect(wx.logins).toBe(2)
})

test('a first login that took two codes leaves none for a 401', async () => {
  const { wx, login } = hall.phone()
  hall.service.simulator.fail({ errcode: 40029 })
  const logging = login.login()
  expect(await statusOf(login.request({ url: '/never' }))).toBe(401)
  await logging
  expect(wx.logins).toBe(2)
  expect(wx.asked('/api/v1/never')).toHaveLength(1)
})

test('a request whose login fails is rejected with the server’s reason, and is not done', async () => {
  const { login } = hall.phone()
  hall.service.simulator.fail({ errcode: 45011 })
  const before = hall.orders
  const error = await failureOf(login.request({ url: '/orders', method: 'POST' }))
  expect(error).toMatchObject({ code: 'wechat_quota', action: 'login', status: 503 })
  expect(error.requestId).toEqual(expect.any(String))
  expect(hall.orders).toBe(before)
})

test.each([
  ['GET', 'lost'],
  ['GET', 'cut'],
  ['POST', 'lost'],
  ['POST', 'lost in time'],
] as const)('a %s that was %s is a network error and not repeated', async (method, fault) => {
  const { wx, login } = hall.phone()
  await login.login()
  wx.fault = ({ path }) => (path === '/api/v1/orders' ? fault : undefined)
  const before = hall.orders
  const error = await failureOf(login.request({ url: '/orders', method }))
  expect(error).toBeInstanceOf(LoginClientError)
  expect(error).toMatchObject({ code: 'network', action: 'retry', status: 0 })
  expect(error.message).toContain('request:fail')
  expect(wx.asked('/api/v1/orders')).toHaveLength(1)
  expect(hall.orders - before).toBe(method === 'POST' ? 1 : 0)
  expect(wx.logins).toBe(1)
})

test('a POST that was lost is not repeated either when the session ended meanwhile', async () => {
  const { wx, login, changes } = hall.phone()
  await login.login()
  wx.fault = ({ method, path }) => {
    if (path === '/api/v1/checklogin') return hall.endSessions().then(() => undefined)
    return method === 'POST' && path === '/api/v1/orders' ? 'lost' : undefined
  }
  const before = hall.orders
  const asking = login.request({ url: '/orders', method: 'POST' })
  expect(await failureOf(asking)).toMatchObject({ code: 'network' })
  expect(hall.orders).toBe(before + 1)
  // The next one need not be refused first.
  expect(await statusOf(login.request({ url: '/orders' }))).toBe(200)
  expect(wx.asked('/api/v1/orders')).toHaveLength(2)
  expect(changes.at(-1)).toBe(true)
})

test('any status is a result, as with wx.request', async () => {
  const { login } = hall.phone()
  expect(await statusOf(login.request({ url: '/nowhere' }))).toBe(404)
})

test('success, fail and complete are called once, with the last answer', async () => {
  const { wx, login } = hall.phone()
  await login.login()
  await hall.endSessions()
  const heard: unknown[] = []
  const hear = (name: string) => (result: { statusCode?: number; code?: string }) =>
    void heard.push([name, result.statusCode ?? result.code])
  const options = { success: hear('success'), fail: hear('fail'), complete: hear('complete') }
  await login.request({ url: '/orders', ...options })
  wx.fault = () => 'cut'
  await failureOf(login.request({ url: '/orders', ...options }))
  expect(heard).toEqual([
    ['success', 200],
    ['complete', 200],
    ['fail', 'network'],
    ['complete', 'network'],
  ])
})

describe('the token', () => {
  test('takes the place of one that the app kept, under whatever spelling', async () => {
    const phone = hall.phone()
    const header = { authorization: 'Bearer old', 'X-Mine': 'kept' }
    await phone.login.login()
    expect(await statusOf(phone.login.request({ url: '/orders', header }))).toBe(200)
    const sent = phone.wx.requests.at(-1)?.header
    expect(sent).toMatchObject({
      'X-Mine': 'kept',
      Authorization: expect.stringMatching(/^Bearer e/),
    })
    expect(sent).not.toHaveProperty('authorization')
    expect(header).toEqual({ authorization: 'Bearer old', 'X-Mine': 'kept' })
  })

  test.each([
    ['a path', '/orders'],
    ['a path without its slash', 'orders?page=1'],
    ['an address under baseUrl', '{base}/orders'],
    ['a query that looks like a step out', '/orders?next=/../x'],
  ])('is shown to %s', async (_, url) => {
    const phone = hall.phone()
    await phone.login.login()
    expect(await statusOf(phone.login.request({ url: url.replace('{base}', hall.baseUrl) }))).toBe(
      200,
    )
    expect(tokensOf(phone, '/api/v1/orders')).toEqual([expect.stringMatching(/^Bearer e/)])
  })

  test.each([
    ['another path of the same host', (base: string) => `${new URL(base).origin}/outside`],
    ['a longer name of the same beginning', (base: string) => `${base}-other/x`],
    ['a step out of the base', (base: string) => `${base}/../../outside`],
    ['an encoded step out', (base: string) => `${base}/%2e%2E/../outside`],
    ['another host', (base: string) => base.replace('127.0.0.1', 'localhost')],
    ['the base as a user name', (base: string) => `${base}@127.0.0.1:1/`],
  ])('is not shown to %s, and no login is made for it', async (_, address) => {
    const { wx, login } = hall.phone()
    wx.fault = () => 'cut'
    await failureOf(login.request({ url: address(hall.baseUrl) }))
    expect(wx.requests).toHaveLength(1)
    expect(wx.requests[0]?.header).not.toHaveProperty('Authorization')
    expect(wx.logins).toBe(0)
  })
})

test.each([undefined, '', 'api.example.com', 'https://'])('the baseUrl %p is refused', baseUrl => {
  expect(() => hall.phone({ baseUrl: baseUrl as string })).toThrow(/baseUrl/)
})
