import type { FakeWx } from './fake-wx'
import { failureOf, type Hall, openHall, shareClock } from './phone'

let hall: Hall
beforeAll(async () => {
  hall = await openHall()
  shareClock(hall.service.clock)
})
afterAll(() => hall.service.close())

interface Options {
  success?: (result: object) => void
  fail?: (error: object) => void
}
type Api = (options: never) => unknown

/** A promise beside the callbacks, as Taro gives it. */
const promised =
  (call: Api) =>
  ({ success, fail, ...options }: Options): Promise<object> =>
    new Promise((resolve, reject) => {
      const all = {
        ...options,
        success: (result: object) => {
          success?.(result)
          resolve(result)
        },
        fail: (error: object) => {
          fail?.(error)
          reject(error)
        },
      }
      call(all as never)
    })

/** A promise where no callback was given, as uni-app does. */
const promisedInstead = (call: Api) => (options: Options) =>
  options.success || options.fail ? call(options as never) : promised(call)(options)

const variants: Record<string, (wx: FakeWx) => Partial<FakeWx>> = {
  'Taro, with a promise beside the callbacks': wx => ({
    request: promised(wx.request),
    login: promised(wx.login),
  }),
  'uni, with a promise instead of callbacks': wx => ({
    request: promisedInstead(wx.request),
    login: promisedInstead(wx.login),
  }),
  // https://developer.open-douyin.com: tt.login gives `code` and `anonymousCode`.
  'tt, with callbacks': wx => ({ request: wx.request, login: wx.login }),
}

test.each(Object.keys(variants))('%s is taken as the platform object', async name => {
  const phone = hall.phone()
  const { getStorageSync, setStorageSync, removeStorageSync } = phone.wx
  const own = variants[name]?.(phone.wx)
  const platform = { ...own, getStorageSync, setStorageSync, removeStorageSync }
  const login = phone.relaunch({ wx: platform as FakeWx })
  expect((await login.request({ url: '/orders' })).statusCode).toBe(200)
  await hall.endSessions()
  expect((await login.request({ url: '/orders' })).statusCode).toBe(200)
  expect(phone.wx.logins).toBe(2)
  phone.wx.fault = () => 'cut'
  expect(await failureOf(login.request({ url: '/orders' }))).toMatchObject({ code: 'network' })
})

describe('wrap()', () => {
  test('gives a function with callbacks a promise, the token and the login', async () => {
    const { wx, login } = hall.phone()
    const upload = login.wrap((options: { url: string; filePath: string }) =>
      wx.request({ ...options, method: 'POST' } as never),
    )
    const before = hall.orders
    await login.login()
    await hall.endSessions()
    const { statusCode } = await upload({ url: '/orders', filePath: 'wxfile://tmp/a.png' })
    expect(statusCode).toBe(200)
    expect(hall.orders).toBe(before + 1)
    expect(wx.logins).toBe(2)
  })

  test('keeps the result of a function with a promise, as luch-request has it', async () => {
    const { wx, login } = hall.phone()
    const luch = async (config: Options & { url: string; header?: object }) => {
      const answer = (await promised(wx.request)(config)) as { statusCode: number; data: unknown }
      if (answer.statusCode >= 400) throw { ...answer, config }
      return { ...answer, config }
    }
    const request = login.wrap(luch)
    await login.login()
    await hall.endSessions()
    // It rejects a 401 by itself, with the status on the error.
    const answer = await request({ url: '/orders' })
    expect(answer).toMatchObject({ statusCode: 200, config: { url: `${hall.baseUrl}/orders` } })
    expect(wx.logins).toBe(2)
    // Any other rejection stays the library's own.
    expect(await failureOf(request({ url: '/nowhere' }))).toMatchObject({
      ...{ statusCode: 404, config: expect.anything() },
    })
  })

  test('takes a function that gives nothing, or names its status `status`', async () => {
    const { wx, login } = hall.phone()
    await login.login()
    await hall.endSessions()
    const named = login.wrap(async (options: Options & { url: string }) => {
      const { statusCode } = (await promised(wx.request)(options)) as { statusCode: number }
      return { status: statusCode }
    })
    expect(await named({ url: '/orders' })).toEqual({ status: 200 })
    expect(wx.logins).toBe(2)
    const silent = login.wrap(async (_: { url: string }) => undefined)
    expect(await silent({ url: '/orders' })).toBeUndefined()
  })

  test('shows the token to baseUrl alone', async () => {
    const { wx, login } = hall.phone()
    const request = login.wrap((options: { url: string }) => wx.request(options as never))
    await login.login()
    const url = `${new URL(hall.baseUrl).origin}/outside`
    expect((await request({ url })).data).toEqual({ seen: null })
  })
})
