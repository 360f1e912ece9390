import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '../../client/miniprogram_dist'
import { SIMULATOR_APP } from '../../src/simulator/index'
import { failureOf, forgetCode, type Hall, openHall, type Phone, shareClock } from './phone'

const text = readFileSync(join(__dirname, '../../client/README.md'), 'utf8')

let hall: Hall
beforeAll(async () => {
  hall = await openHall()
  shareClock(hall.service.clock)
})
afterEach(() => hall.service.simulator.reset())
afterAll(() => hall.service.close())

const orders = ({ login }: Phone) => login.request({ url: '/orders' })
const many = <R>(times: number, run: () => Promise<R>) =>
  Promise.all(Array.from({ length: times }, run))
const loggedIn = async (options = {}) => {
  const phone = hall.phone(options)
  await phone.login.login()
  return phone
}

/** What a case of the table needs first, and what is counted. */
const CASES: Record<string, () => Promise<{ phone: Phone; run: () => Promise<unknown> }>> = {
  'first launch, 50 requests at once': async () => {
    const phone = hall.phone()
    return { phone, run: () => many(50, () => orders(phone)) }
  },
  'next launch, the token holds': async () => {
    const phone = await loggedIn()
    return { phone, run: () => phone.relaunch().request({ url: '/orders' }) }
  },
  'a request after the token expired': async () => {
    const phone = await loggedIn()
    hall.service.clock.advance(7201)
    return { phone, run: () => orders(phone) }
  },
  'the session ended, 10 requests get 401 at once': async () => {
    const phone = await loggedIn()
    await hall.endSessions()
    // The queue sends 8 at once: all ten have to be refused.
    return {
      phone,
      run: () => many(10, () => phone.login.wrap(wxRequest(phone))({ url: '/orders' })),
    }
  },
  "5 requests in the token's last quarter": async () => {
    const phone = await loggedIn()
    hall.service.clock.advance(7200 * 0.8)
    return { phone, run: () => many(5, () => orders(phone)) }
  },
  'first launch, a client with `appid`': async () => {
    const phone = hall.phone({ appid: SIMULATOR_APP.appid })
    return { phone, run: () => orders(phone) }
  },
  'first launch, a route that needs no login': async () => {
    const phone = hall.phone()
    return { phone, run: () => phone.login.request({ url: '/nowhere' }) }
  },
  'first launch, an older server': async () => {
    const phone = hall.phone()
    forgetCode(phone)
    return { phone, run: () => orders(phone) }
  },
  'and the next time there': async () => {
    const phone = hall.phone()
    forgetCode(phone)
    await orders(phone)
    hall.service.clock.advance(7201)
    return { phone, run: () => orders(phone) }
  },
  "the first request's answer was lost": async () => {
    const phone = hall.phone()
    phone.wx.fault = ({ path }, nth) => (path.endsWith('/orders') && nth === 1 ? 'lost' : undefined)
    return { phone, run: () => failureOf(orders(phone)) }
  },
  'the answer of `login()` was lost': async () => {
    const phone = hall.phone()
    phone.wx.fault = ({ path }, nth) => (path.endsWith('/login') && nth === 1 ? 'lost' : undefined)
    return { phone, run: () => phone.login.login() }
  },
  'a code was refused once': async () => {
    const phone = hall.phone()
    hall.service.simulator.fail({ errcode: 40029 })
    return { phone, run: () => orders(phone) }
  },
  'every code is refused': async () => {
    const phone = hall.phone()
    hall.service.simulator.fail({ errcode: 40029 }, { times: 9 })
    return { phone, run: () => failureOf(orders(phone)) }
  },
  'WeChat asks for a pause': async () => {
    const phone = hall.phone()
    hall.service.simulator.fail({ errcode: 45011 }, { times: 9 })
    return { phone, run: () => failureOf(orders(phone)) }
  },
  'no network': async () => {
    const phone = hall.phone()
    phone.wx.fault = () => 'cut'
    return { phone, run: () => failureOf(orders(phone)) }
  },
  '`wx.login` fails': async () => {
    const phone = hall.phone()
    phone.wx.loginFault = 'fails'
    return { phone, run: () => failureOf(orders(phone)) }
  },
  'first launch, a route that always answers 401': async () => {
    const phone = hall.phone()
    return { phone, run: () => phone.login.request({ url: '/never' }) }
  },
  'WeChat on a PC, a 401 lands in `fail`': async () => {
    const phone = await loggedIn({ platform: 'windows' })
    await hall.endSessions()
    return { phone, run: () => orders(phone) }
  },
  "a POST's answer was lost": async () => {
    const phone = await loggedIn()
    phone.wx.fault = ({ method }) => (method === 'POST' ? 'lost' : undefined)
    const post = () => phone.login.request({ url: '/orders', method: 'POST' })
    return { phone, run: () => failureOf(post()) }
  },
  '20 calls of `login()` at once': async () => {
    const phone = hall.phone()
    return { phone, run: () => many(20, phone.login.login) }
  },
  '5 requests after `logout()`': async () => {
    const phone = await loggedIn()
    await phone.login.logout()
    return { phone, run: () => many(5, () => orders(phone)) }
  },
  'the user refuses the phone button': async () => {
    const phone = await loggedIn()
    const detail = { errMsg: 'getPhoneNumber:fail user deny' }
    return { phone, run: () => failureOf(phone.login.phone(detail)) }
  },
}

const wxRequest =
  ({ wx }: Phone) =>
  (options: { url: string }) =>
    wx.request(options as never)

const rows = [...text.matchAll(/^\| [^|]* \/ ([^|]+) \| (\d+) \| (\d+) \| (\d+) \|$/gm)]

test('the table has every case that is counted here, and no other', () => {
  expect(rows.map(([, name]) => name)).toEqual(Object.keys(CASES))
})

test.each(rows.map(([, name, ...counts]) => [name, ...counts]))(
  'README: %s: wx.login %s, POST /login %s, requests %s',
  async (name, ...counts) => {
    const { phone, run } = await (CASES[String(name)] as (typeof CASES)[string])()
    const { wx } = phone
    const before = { logins: wx.logins, asked: wx.requests.length }
    await run()
    const asked = wx.requests.slice(before.asked).map(({ path }) => path)
    const posts = asked.filter(path => path === '/api/v1/login').length
    const found = [wx.logins - before.logins, posts, asked.length - posts]
    expect(found.map(String)).toEqual(counts)
  },
)

test('the code to paste logs in, shows who it is, and gets the number', async () => {
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(text) ?? []
  const { wx } = hall.phone()
  const shown: unknown[] = []
  const page = { setData: (data: unknown) => void shown.push(data) }
  const own = { ...wx, showToast: (toast: unknown) => void shown.push(toast) }
  const Page = (options: object) => void Object.assign(page, options)
  const script = code
    .replaceAll(/^import .*$/gm, '')
    .replaceAll(/^export /gm, '')
    .replace('https://api.example.com', hall.baseUrl)
  new Function('createClient', 'wx', 'Page', script)(
    (options: { baseUrl: string }) => createClient({ ...options, wx }),
    own,
    Page,
  )
  const handlers = page as unknown as {
    onLoad(): Promise<void>
    onPhone(event: { detail: object }): Promise<void>
  }
  await handlers.onLoad()
  await handlers.onPhone({ detail: { errMsg: 'getPhoneNumber:fail user deny' } })
  const phoneCode = hall.service.simulator.mintPhoneCode({ user: 'alice' })
  await handlers.onPhone({ detail: { errMsg: 'getPhoneNumber:ok', code: phoneCode } })
  wx.fault = () => 'cut'
  await handlers.onLoad()
  expect(shown).toEqual([
    { me: expect.objectContaining({ appid: 'wx0000000000000000' }) },
    { phone: expect.stringMatching(/^1380000/) },
    { title: expect.stringContaining('网络连接失败'), icon: 'none' },
  ])
  expect(code.trim().split('\n').length).toBeLessThanOrEqual(25)
})
