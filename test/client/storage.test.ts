import { failureOf, type Hall, openHall, shareClock } from './phone'

let hall: Hall
let other: Hall
beforeAll(async () => {
  hall = await openHall()
  other = await openHall({ clock: hall.service.clock })
  shareClock(hall.service.clock)
})
afterAll(() => Promise.all([hall.service.close(), other.service.close()]))

test('the token outlives the mini program: the next launch needs no login', async () => {
  const { wx, login, relaunch, changes } = hall.phone()
  await login.login()
  expect((await relaunch().request({ url: '/orders' })).statusCode).toBe(200)
  expect(wx.logins).toBe(1)
  // The second client tells of somebody who is logged in, as the first did.
  expect(changes).toEqual([true, true])
})

test('it is kept under one key, and nothing but what is needed', async () => {
  const { wx, login } = hall.phone({ storageKey: 'mine' })
  const { token } = await login.login()
  expect([...wx.storage.keys()]).toEqual(['mine'])
  expect(JSON.parse(String(wx.storage.get('mine')))).toEqual({
    ...{ baseUrl: hall.baseUrl, token },
    ...{ expiresAt: expect.any(Number), renewAt: expect.any(Number) },
  })
})

test('a storage that throws or is full costs a login at the next launch, and nothing else', async () => {
  const { wx, login, relaunch } = hall.phone()
  wx.storageFault = 'throws'
  await login.login()
  expect((await login.request({ url: '/orders' })).statusCode).toBe(200)
  expect(wx.logins).toBe(1)
  wx.readStorageFault = true
  expect((await relaunch().request({ url: '/orders' })).statusCode).toBe(200)
  expect(wx.logins).toBe(2)
})

test('a storage that is full keeps no token that was replaced', async () => {
  const { wx, login } = hall.phone()
  await login.login()
  const [key] = wx.storage.keys()
  // The app's own data take all but the last hundred bytes of the 10 MB.
  for (let i = 0; i < 9; i++) wx.setStorageSync(`own ${i}`, 'x'.repeat(1024 * 1024 - 2))
  const left = 1024 * 1024 - Buffer.byteLength(String(wx.storage.get(String(key))))
  wx.setStorageSync('own 9', 'x'.repeat(left - 2))
  wx.setStorageSync = (setStorageSync => (name: string, value: unknown) => {
    setStorageSync(name, { ...(value as object), longer: 'x' })
  })(wx.setStorageSync)
  await login.login()
  expect(wx.storage.has(String(key))).toBe(false)
  expect((await login.request({ url: '/orders' })).statusCode).toBe(200)
})

test.each(['null', '7', '"text"', '[]', '{"baseUrl":"BASE"}', '{"baseUrl":"BASE","token":1}'])(
  'what somebody else put there (%s) counts as nothing',
  async text => {
    const { wx, login } = hall.phone({ storageKey: 'mine' })
    wx.storage.set('mine', text.replace('BASE', hall.baseUrl))
    expect((await login.request({ url: '/orders' })).statusCode).toBe(200)
    expect(wx.logins).toBe(1)
  },
)

test('two clients of two servers stand side by side, each with its own token', async () => {
  const { wx, login, relaunch } = hall.phone()
  wx.login = other.phone({ user: 'alice' }).wx.login
  const second = relaunch({ baseUrl: other.baseUrl })
  await second.request({ url: '/orders' })
  wx.login = hall.phone().wx.login
  await login.request({ url: '/orders' })
  await second.request({ url: '/orders' })
  await login.request({ url: '/orders' })
  expect(wx.storage.size).toBe(2)
  const tokensOf = (baseUrl: string) =>
    new Set(
      wx.requests
        .filter(({ url, header }) => url.startsWith(baseUrl) && header.Authorization)
        .map(({ header }) => header.Authorization),
    )
  const [ours, theirs] = [tokensOf(hall.baseUrl), tokensOf(other.baseUrl)]
  expect([ours.size, theirs.size]).toEqual([1, 1])
  expect([...ours]).not.toEqual([...theirs])
})

test('a token that was kept for one server is not shown to another under the same key', async () => {
  const { wx, login, relaunch } = hall.phone({ storageKey: 'mine' })
  await login.login()
  wx.loginFault = 'fails'
  const second = relaunch({ baseUrl: other.baseUrl })
  expect((await failureOf(second.request({ url: '/orders' }))).code).toBe('network')
  expect(wx.requests.filter(({ url }) => url.startsWith(other.baseUrl))).toEqual([])
})
