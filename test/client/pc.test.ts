import { failureOf, type Hall, openHall, shareClock } from './phone'

let hall: Hall
beforeAll(async () => {
  hall = await openHall()
  shareClock(hall.service.clock)
})
afterAll(() => hall.service.close())

const CHECK = '/api/v1/checklogin'

describe.each(['GET', 'POST'] as const)('a 401 of a %s that lands in fail', method => {
  test('with its status leads to one login and one repeat', async () => {
    const { wx, login } = hall.phone({ platform: 'windows', pcStatus: true })
    await login.login()
    await hall.endSessions()
    expect((await login.request({ url: '/orders', method })).statusCode).toBe(200)
    expect(wx.logins).toBe(2)
    expect(wx.asked(CHECK)).toEqual([])
    expect(wx.asked('/api/v1/orders')).toHaveLength(2)
  })

  test.each(['windows', 'mac'] as const)(
    'without a status leads to a check first, then to one login and one repeat (%s)',
    async platform => {
      const { wx, login } = hall.phone({ platform })
      await login.login()
      await hall.endSessions()
      const before = hall.orders
      expect((await login.request({ url: '/orders', method })).statusCode).toBe(200)
      expect(wx.logins).toBe(2)
      expect(wx.asked().slice(1)).toEqual([
        `${method} /api/v1/orders`,
        `GET ${CHECK}`,
        'POST /api/v1/login',
        `${method} /api/v1/orders`,
      ])
      expect(hall.orders - before).toBe(method === 'POST' ? 1 : 0)
    },
  )

  test('of a route that always answers 401 is asked twice and told', async () => {
    const { wx, login } = hall.phone({ platform: 'windows', pcStatus: true })
    await login.login()
    expect(await failureOf(login.request({ url: '/never', method }))).toMatchObject({
      ...{ code: 'network', status: 401 },
    })
    expect(wx.asked('/api/v1/never')).toHaveLength(2)
    expect(wx.logins).toBe(2)
  })

  test('of a request that failed is a network error while the token holds', async () => {
    const { wx, login } = hall.phone({ platform: 'windows' })
    await login.login()
    wx.fault = ({ path }) => (path === '/api/v1/orders' ? 'lost' : undefined)
    const before = hall.orders
    expect(await failureOf(login.request({ url: '/orders', method }))).toMatchObject({
      ...{ code: 'network', status: 0 },
    })
    expect(wx.asked().slice(1)).toEqual([`${method} /api/v1/orders`, `GET ${CHECK}`])
    expect(hall.orders - before).toBe(method === 'POST' ? 1 : 0)
    expect(wx.logins).toBe(1)
  })
})

test('a time-out is no 401: nothing is asked after it', async () => {
  const { wx, login } = hall.phone({ platform: 'windows' })
  await login.login()
  wx.fault = () => 'lost in time'
  expect((await failureOf(login.request({ url: '/orders' }))).code).toBe('network')
  expect(wx.asked(CHECK)).toEqual([])
})

test('while /checklogin cannot be asked either, a failure stays a network error', async () => {
  const { wx, login } = hall.phone({ platform: 'windows' })
  await login.login()
  await hall.endSessions()
  wx.fault = ({ path }) => (path === CHECK ? 'cut' : undefined)
  expect((await failureOf(login.request({ url: '/orders' }))).code).toBe('network')
  expect(wx.logins).toBe(1)
})

test('ten requests whose 401 lands in fail share one login', async () => {
  const { wx, login } = hall.phone({ platform: 'windows' })
  await login.login()
  await hall.endSessions()
  const asking = Array.from({ length: 10 }, () => login.request({ url: '/orders' }))
  const statuses = (await Promise.all(asking)).map(({ statusCode }) => statusCode)
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(wx.logins).toBe(2)
})

test('a log-out of a session that has ended is a log-out, though its 401 lands in fail', async () => {
  const { login } = hall.phone({ platform: 'windows' })
  await login.login()
  await hall.endSessions()
  await expect(login.logout()).resolves.toBeUndefined()
})

test('on a phone that puts a 401 into fail, unheard of so far, a GET is repeated, too', async () => {
  const { wx, login } = hall.phone({ platform: 'mac' })
  await login.login()
  await hall.endSessions()
  wx.getDeviceInfo = () => ({ platform: 'ohos' })
  expect((await login.request({ url: '/orders' })).statusCode).toBe(200)
  await hall.endSessions()
  // A POST may have been done: it is told, and the next request logs in.
  const post = login.request({ url: '/orders', method: 'POST' })
  expect((await failureOf(post)).code).toBe('network')
  expect((await login.request({ url: '/orders', method: 'POST' })).statusCode).toBe(200)
})

test('the platform is read from the older API where the newer one is missing or throws', async () => {
  const { wx, login } = hall.phone({ platform: 'windows' })
  await login.login()
  await hall.endSessions()
  Object.assign(wx, {
    getDeviceInfo: undefined,
    getSystemInfoSync: () => ({ platform: 'windows' }),
  })
  expect((await login.request({ url: '/orders', method: 'POST' })).statusCode).toBe(200)
  await hall.endSessions()
  wx.getSystemInfoSync = () => {
    throw new Error('no')
  }
  const post = login.request({ url: '/orders', method: 'POST' })
  expect((await failureOf(post)).code).toBe('network')
})
