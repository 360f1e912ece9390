import { setTimeout as sleep } from 'node:timers/promises'
import { type Hall, openHall, type Phone, shareClock } from './phone'

let hall: Hall
beforeAll(async () => {
  hall = await openHall()
})
beforeEach(() => shareClock(hall.service.clock))
afterAll(() => hall.service.close())

const LIFE = 7200
const REFRESH = '/api/v1/refresh'
/** A renewal goes beside the requests, and no caller waits for it. */
const settled = async ({ wx }: Phone) => {
  while (wx.requests.some(({ path, isDone }) => path === REFRESH && !isDone)) await sleep(1)
  await sleep(1)
}
const tokensOf = ({ wx }: Phone) =>
  wx.requests
    .filter(({ path }) => path === '/api/v1/orders')
    .map(({ header }) => header.Authorization)

test('in the first three quarters of a token’s life nothing is renewed', async () => {
  const phone = hall.phone()
  await phone.login.login()
  hall.service.clock.advance(LIFE * 0.75 - 1)
  await phone.login.request({ url: '/orders' })
  expect(phone.wx.asked(REFRESH)).toEqual([])
})

test('in the last quarter five callers lead to one renewal, and none of them waits for it', async () => {
  const phone = hall.phone()
  await phone.login.login()
  hall.service.clock.advance(LIFE * 0.75 + 1)
  await Promise.all(Array.from({ length: 5 }, () => phone.login.request({ url: '/orders' })))
  await settled(phone)
  await phone.login.request({ url: '/orders' })
  expect(phone.wx.asked(REFRESH)).toHaveLength(1)
  expect(phone.wx.logins).toBe(1)
  const tokens = tokensOf(phone)
  expect(new Set(tokens.slice(0, 5)).size).toBe(1)
  expect(tokens[5]).not.toBe(tokens[0])
})

test('a day of use costs one wx.login', async () => {
  const phone = hall.phone()
  for (let i = 0; i < 24; i++) {
    await phone.login.request({ url: '/orders' })
    await settled(phone)
    hall.service.clock.advance(LIFE * 0.5)
    await phone.login.request({ url: '/orders' })
    await settled(phone)
    hall.service.clock.advance(LIFE * 0.3)
  }
  expect(phone.wx.logins).toBe(1)
})

test('a renewed token outlives the mini program', async () => {
  const phone = hall.phone()
  await phone.login.login()
  hall.service.clock.advance(LIFE * 0.8)
  await phone.login.request({ url: '/orders' })
  await settled(phone)
  hall.service.clock.advance(LIFE * 0.5)
  await phone.relaunch().request({ url: '/orders' })
  expect(phone.wx.logins).toBe(1)
})

test('a token that has expired, by the phone’s clock, is not shown any more', async () => {
  const phone = hall.phone()
  await phone.login.login()
  hall.service.clock.advance(LIFE + 1)
  await phone.login.request({ url: '/orders' })
  expect(phone.wx.logins).toBe(2)
  expect(phone.wx.asked('/api/v1/orders')).toHaveLength(1)
})

test('a phone whose clock is a day behind is refused, and logs in', async () => {
  const phone = hall.phone()
  await phone.login.login()
  const { clock } = hall.service
  jest.spyOn(Date, 'now').mockImplementation(() => clock.now() - 86_400_000)
  clock.advance(LIFE + 1)
  expect((await phone.login.request({ url: '/orders' })).statusCode).toBe(200)
  expect(phone.wx.logins).toBe(2)
})

test.each(['lost', 'cut'] as const)(
  'a renewal that was %s is tried again a minute later, and requests go on',
  async fault => {
    const phone = hall.phone()
    await phone.login.login()
    hall.service.clock.advance(LIFE * 0.8)
    phone.wx.fault = ({ path }) => (path === REFRESH ? fault : undefined)
    for (let i = 0; i < 3; i++) {
      expect((await phone.login.request({ url: '/orders' })).statusCode).toBe(200)
      await settled(phone)
    }
    expect(phone.wx.asked(REFRESH)).toHaveLength(1)
    phone.wx.fault = () => undefined
    hall.service.clock.advance(61)
    await phone.login.request({ url: '/orders' })
    expect(phone.wx.asked(REFRESH)).toHaveLength(2)
  },
)

test('a renewal that comes after a log-out brings no token back', async () => {
  const phone = hall.phone()
  await phone.login.login()
  hall.service.clock.advance(LIFE * 0.8)
  // The server has renewed; its answer comes when the user is out.
  phone.wx.beforeAnswer = async ({ path }) => {
    if (path === REFRESH) await phone.login.logout()
  }
  await phone.login.request({ url: '/orders' })
  await settled(phone)
  expect((await phone.login.request({ url: '/orders' })).statusCode).toBe(401)
  expect(tokensOf(phone).at(-1)).toBeUndefined()
})

test('near the session’s own end a renewal that brings nothing is the last, and then there is a login', async () => {
  const brief = await openHall({ sessionTtlSeconds: LIFE + 3600 })
  const { clock } = brief.service
  shareClock(clock)
  const phone = brief.phone()
  await phone.login.login()
  clock.advance(LIFE * 0.9)
  await phone.login.request({ url: '/orders' })
  await settled(phone)
  clock.advance(3300)
  for (let i = 0; i < 10; i++) {
    await phone.login.request({ url: '/orders' })
    await settled(phone)
    clock.advance(100)
  }
  expect(phone.wx.asked(REFRESH)).toHaveLength(2)
  clock.advance(100)
  await phone.login.request({ url: '/orders' })
  expect(phone.wx.logins).toBe(2)
  await brief.service.close()
})
