import type { NextFunction, Request, Response } from 'express'
import { INTERNAL_TOKEN } from '../support/service'
import { failureOf, forgetCode, type Hall, openHall, type Phone, shareClock } from './phone'

let hall: Hall
/** What the slow route waits for. */
let gate: Promise<unknown>
beforeAll(async () => {
  hall = await openHall({
    routes(app, login) {
      const prefix = '/api/v1'
      app.post(
        `${prefix}/orders`,
        login.required,
        (_req, res) => void res.json({ n: ++hall.orders }),
      )
      app.get(`${prefix}/orders`, login.required, (_req, res) => void res.json({}))
      app.get(`${prefix}/slow`, login.required, async (_req, res) => {
        await gate
        res.json({ slow: true })
      })
      app.post(`${prefix}/open`, (_req, res) => void res.json({ n: ++hall.orders }))
      app.get(
        `${prefix}/mine`,
        login.required,
        (_req, res) => void res.status(401).json({ error: 'mine' }),
      )
      app.all(`${prefix}/gateway`, handVerifyOn, (_req, res) => {
        hall.orders++
        res.json({})
      })
    },
  })
  shareClock(hall.service.clock)
})
afterEach(() => hall.service.simulator.reset())
afterAll(() => hall.service.close())

/** As Caddy's forward_auth: what `/verify` refuses is handed on, its headers and body included. */
async function handVerifyOn(req: Request, res: Response, next: NextFunction): Promise<void> {
  const { authorization = '' } = req.headers
  const code = req.get('X-WX-Code') ?? ''
  const headers = { authorization, 'X-WX-Code': code, 'X-Internal-Token': INTERNAL_TOKEN }
  const verified = await fetch(`${hall.baseUrl}/verify`, { headers })
  if (verified.status === 200) return next()
  for (const [name, value] of verified.headers) {
    if (!/^(connection|keep-alive|transfer-encoding)$/.test(name)) res.set(name, value)
  }
  res.status(verified.status).send(Buffer.from(await verified.arrayBuffer()))
}

const LOGIN = '/api/v1/login'
const ORDERS = '/api/v1/orders'
const orders = ({ login }: Phone) => login.request({ url: '/orders' })
const post = ({ login }: Phone) => login.request({ url: '/orders', method: 'POST' })
const callsOfWechat = () => hall.service.simulator.counts['/sns/jscode2session'] ?? 0

test('a cold start is one wx.login and one request; the token comes with its answer', async () => {
  const phone = hall.phone()
  expect((await orders(phone)).statusCode).toBe(200)
  expect(phone.wx.logins).toBe(1)
  expect(phone.wx.asked()).toEqual([`GET ${ORDERS}`])
  expect(phone.changes).toEqual([true])
  expect((await orders(phone)).statusCode).toBe(200)
  const [first, second] = phone.wx.requests
  expect(first?.header).not.toHaveProperty('Authorization')
  expect(second?.header).not.toHaveProperty('X-WX-Code')
  expect(second?.header.Authorization).toMatch(/^Bearer e/)
  expect(callsOfWechat()).toBe(1)
})

test('a POST may be the first request, is done once, and its body arrives', async () => {
  const phone = hall.phone()
  const me = await phone.login.updateMe({ nickname: '小明' })
  expect(me.nickname).toBe('小明')
  expect(phone.wx.asked()).toEqual(['PUT /api/v1/me'])
})

test('the token outlives the mini program, as that of POST /login does', async () => {
  const phone = hall.phone()
  await orders(phone)
  expect((await phone.relaunch().request({ url: '/orders' })).statusCode).toBe(200)
  expect(phone.wx.logins).toBe(1)
})

test('login() that comes while a request carries the code shares its login', async () => {
  const phone = hall.phone({ user: 'new-by-carry' })
  const asking = orders(phone)
  const answer = await phone.login.login()
  await asking
  expect(answer).toEqual({
    ...{ message: 'success!', token_type: 'Bearer', token: expect.stringMatching(/^e/) },
    ...{ expires_in: 7200, is_new_user: true },
  })
  expect(phone.wx.logins).toBe(1)
  expect(phone.wx.asked(LOGIN)).toEqual([])
})

test.each([
  ['X-Login-Token', (name: string) => name.replace(/(^|-)[a-z]/g, letter => letter.toUpperCase())],
  ['X-LOGIN-TOKEN', (name: string) => name.toUpperCase()],
])('the token is found in a header that is spelt %s', async (_, spell) => {
  const phone = hall.phone()
  const request: Phone['wx']['request'] = ((options: { success: (answer: object) => void }) =>
    phone.wx.request({
      ...options,
      success(answer: { header: object }) {
        const entries = Object.entries(answer.header).map(([name, value]) => [spell(name), value])
        options.success({ ...answer, header: Object.fromEntries(entries) })
      },
    } as never)) as never
  const login = phone.relaunch({ wx: { ...phone.wx, request } })
  await login.request({ url: '/orders' })
  expect(phone.wx.asked()).toEqual([`GET ${ORDERS}`])
})

describe('a code that is refused', () => {
  test.each([
    ['40029', { errcode: 40029 }],
    ['40163', { errcode: 40163 }],
    ['an answer of WeChat’s that cannot be read', { transport: 'empty' }],
  ] as const)('(%s) is replaced once, and the request is done once', async (_, fault) => {
    const phone = hall.phone()
    hall.service.simulator.fail(fault)
    const before = hall.orders
    expect((await post(phone)).statusCode).toBe(200)
    expect(hall.orders).toBe(before + 1)
    expect(phone.wx.logins).toBe(2)
    expect(phone.wx.asked()).toEqual([`POST ${ORDERS}`, `POST ${ORDERS}`])
  })

  test('twice is told as login() tells it, to all who wait, and there is no third', async () => {
    const phone = hall.phone()
    hall.service.simulator.fail({ errcode: 40029 }, { times: 9 })
    const errors = await Promise.all(Array.from({ length: 5 }, () => failureOf(orders(phone))))
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'code_invalid', action: 'login', status: 400 })
    }
    expect(phone.wx.logins).toBe(2)
    expect(phone.wx.requests).toHaveLength(2)
    expect(phone.changes).toEqual([])
  })
})

describe('an answer that was lost', () => {
  test.each(['lost', 'lost in time'] as const)(
    '(%s) is a network error to its caller, and the others get its login all the same',
    async fault => {
      const phone = hall.phone()
      phone.wx.fault = (_, nth) => (phone.wx.requests.length === 1 && nth === 1 ? fault : undefined)
      const before = hall.orders
      const [lost, ...others] = await Promise.all([
        failureOf(post(phone)),
        orders(phone),
        orders(phone),
      ])
      expect(lost).toMatchObject({ code: 'network', action: 'retry' })
      expect(others.map(({ statusCode }) => statusCode)).toEqual([200, 200])
      // Done once, by the request whose answer was lost. A repeat would be a second order.
      expect(hall.orders).toBe(before + 1)
      expect(phone.wx.logins).toBe(1)
      expect(phone.wx.asked(LOGIN)).toHaveLength(1)
      const [carried, again] = phone.wx.requests
      expect(JSON.parse(String(again?.body)).code).toBe(carried?.header['X-WX-Code'])
      expect(again?.header['Idempotency-Key']).toBe(carried?.header['Idempotency-Key'])
      expect(callsOfWechat()).toBe(1)
    },
  )

  test('with no network at all is two requests, and then told', async () => {
    const phone = hall.phone()
    phone.wx.fault = () => 'cut'
    expect((await failureOf(orders(phone))).code).toBe('network')
    expect(phone.wx.asked()).toEqual([`GET ${ORDERS}`, `POST ${LOGIN}`])
    expect(phone.wx.logins).toBe(1)
  })
})

describe('an answer without a token', () => {
  test('of an older server, 401, is followed by POST /login with the same code and one repeat', async () => {
    const phone = hall.phone()
    const code = jest.fn()
    forgetCode(phone)
    const forget = phone.wx.fault
    phone.wx.fault = (request, nth) => {
      if (request.header['X-WX-Code']) code(request.header['X-WX-Code'])
      return forget(request, nth)
    }
    const before = hall.orders
    expect((await post(phone)).statusCode).toBe(200)
    expect(hall.orders).toBe(before + 1)
    expect(phone.wx.logins).toBe(1)
    expect(phone.wx.asked()).toEqual([`POST ${ORDERS}`, `POST ${LOGIN}`, `POST ${ORDERS}`])
    expect(JSON.parse(String(phone.wx.requests[1]?.body)).code).toBe(code.mock.calls[0][0])
  })

  test('of an older server is met once: from then on, after a restart too, POST /login comes first', async () => {
    const phone = hall.phone()
    forgetCode(phone)
    await orders(phone)
    await hall.endSessions()
    const login = phone.relaunch()
    hall.service.clock.advance(7201)
    const before = phone.wx.requests.length
    expect((await login.request({ url: '/orders' })).statusCode).toBe(200)
    await login.logout()
    await login.login()
    hall.service.clock.advance(7201)
    expect((await login.request({ url: '/orders' })).statusCode).toBe(200)
    expect(phone.wx.asked().slice(before)).toEqual([
      ...[`POST ${LOGIN}`, `GET ${ORDERS}`],
      ...['POST /api/v1/logout', `POST ${LOGIN}`],
      ...[`POST ${LOGIN}`, `GET ${ORDERS}`],
    ])
  })

  test('of an older server on a PC, where the 401 lands in fail with its status, is the same', async () => {
    const phone = hall.phone({ platform: 'windows', pcStatus: true })
    forgetCode(phone)
    const before = hall.orders
    expect((await post(phone)).statusCode).toBe(200)
    expect(hall.orders).toBe(before + 1)
    expect(phone.wx.logins).toBe(1)
  })

  test('of a route that asks nobody who they are stands, and POST /login follows for the others', async () => {
    const phone = hall.phone()
    const before = hall.orders
    const asked = phone.login.request({ url: '/open', method: 'POST' })
    const [open, other] = await Promise.all([asked, orders(phone)])
    expect([open.statusCode, other.statusCode]).toEqual([200, 200])
    expect(hall.orders).toBe(before + 1)
    expect(phone.wx.asked()).toEqual(['POST /api/v1/open', `POST ${LOGIN}`, `GET ${ORDERS}`])
    expect(callsOfWechat()).toBe(1)
  })

  test('stands also where that login fails: the request was done', async () => {
    const phone = hall.phone()
    hall.service.simulator.fail({ errcode: 45011 }, { times: 9 })
    const asked = phone.login.request({ url: '/open', method: 'POST' })
    const [open, error] = await Promise.all([asked, failureOf(orders(phone))])
    expect(open.statusCode).toBe(200)
    expect(error.code).toBe('wechat_quota')
  })
})

describe('behind a gateway that hands on /verify’s X-Login-Error', () => {
  const GATEWAY = '/api/v1/gateway'
  const ask = ({ login }: Pick<Phone, 'login'>) =>
    login.request({ url: '/gateway', method: 'POST' })

  test('the first request is followed by POST /login with the same code, and done once', async () => {
    const phone = hall.phone()
    const before = hall.orders
    expect((await ask(phone)).statusCode).toBe(200)
    expect(hall.orders).toBe(before + 1)
    expect(phone.wx.logins).toBe(1)
    expect(phone.wx.asked()).toEqual([`POST ${GATEWAY}`, `POST ${LOGIN}`, `POST ${GATEWAY}`])
    const [carried, again] = phone.wx.requests
    expect(JSON.parse(String(again?.body)).code).toBe(carried?.header['X-WX-Code'])
  })

  test('the next launch calls POST /login first, and after a day a code is carried again', async () => {
    const phone = hall.phone()
    await ask(phone)
    const before = phone.wx.requests.length
    hall.service.clock.advance(7201)
    await ask({ login: phone.relaunch() })
    hall.service.clock.advance(86_400)
    await orders({ ...phone, login: phone.relaunch() })
    expect(phone.wx.asked().slice(before)).toEqual([
      ...[`POST ${LOGIN}`, `POST ${GATEWAY}`],
      `GET ${ORDERS}`,
    ])
    expect(phone.wx.requests.at(-1)?.header).toHaveProperty('X-WX-Code')
  })

  test('the refusal is told where POST /login fails', async () => {
    const phone = hall.phone()
    hall.service.simulator.fail({ errcode: 45011 }, { times: 9 })
    expect((await failureOf(ask(phone))).code).toBe('wechat_quota')
  })
})

test('a 401 of the route’s own, beside the token, costs one more login and one repeat', async () => {
  const phone = hall.phone()
  const { statusCode, data } = await phone.login.request({ url: '/mine' })
  expect({ statusCode, data }).toEqual({ statusCode: 401, data: { error: 'mine' } })
  expect(phone.wx.logins).toBe(2)
  expect(phone.wx.asked('/api/v1/mine')).toHaveLength(2)
})

test('nobody waits longer than 2 seconds for a slow first request', async () => {
  const begun = performance.now()
  let answer: (value?: unknown) => void = () => {}
  gate = new Promise(resolve => {
    answer = resolve
  })
  // The slow route answers in the end, so that whoever waits for it comes too late and not never.
  const late = setTimeout(answer, 20_000)
  const phone = hall.phone()
  const slow = phone.login.request({ url: '/slow' })
  expect((await orders(phone)).statusCode).toBe(200)
  expect(performance.now() - begun).toBeGreaterThanOrEqual(1900)
  expect(phone.wx.asked()).toEqual(['GET /api/v1/slow', `POST ${LOGIN}`, `GET ${ORDERS}`])
  clearTimeout(late)
  answer()
  expect((await slow).data).toEqual({ slow: true })
  expect(phone.wx.logins).toBe(1)
  expect(callsOfWechat()).toBe(1)
})

test('nobody waits longer for a slow first request than for a login', async () => {
  let open: (value?: unknown) => void = () => {}
  gate = new Promise(resolve => {
    open = resolve
  })
  const phone = hall.phone({ timeoutMs: 500 })
  const slow = phone.login.request({ url: '/slow' })
  expect((await orders(phone)).statusCode).toBe(200)
  expect(phone.wx.asked(LOGIN)).toHaveLength(1)
  open()
  expect((await slow).data).toEqual({ slow: true })
  expect(phone.wx.logins).toBe(1)
  expect(callsOfWechat()).toBe(1)
})

describe('no code is carried', () => {
  test.each([
    ['to another address', (base: string) => ({ url: `${new URL(base).origin}/outside` })],
  ])('%s', async (_, optionsOf) => {
    const phone = hall.phone()
    await phone.login.request(optionsOf(hall.baseUrl))
    expect(phone.wx.requests[0]?.header).not.toHaveProperty('X-WX-Code')
    expect(phone.wx.logins).toBe(0)
  })

  test('by a request that has an Idempotency-Key of its own', async () => {
    const phone = hall.phone()
    const header = { 'idempotency-key': 'of-the-order' }
    await phone.login.request({ url: '/orders', method: 'POST', header })
    expect(phone.wx.asked()).toEqual([`POST ${LOGIN}`, `POST ${ORDERS}`])
    expect(phone.wx.requests[1]?.header).toMatchObject(header)
  })

  test('by a client with an appid: the server would take the code for its first app’s', async () => {
    const phone = hall.phone({ appid: 'wx0000000000000000' })
    await orders(phone)
    expect(phone.wx.asked()).toEqual([`POST ${LOGIN}`, `GET ${ORDERS}`])
  })

  test('by a wrapped function, whose answer may hide headers', async () => {
    const phone = hall.phone()
    const request = phone.login.wrap((options: { url: string }) =>
      phone.wx.request(options as never),
    )
    await request({ url: '/orders' })
    expect(phone.wx.asked()).toEqual([`POST ${LOGIN}`, `GET ${ORDERS}`])
  })

  test('after a log-out', async () => {
    const phone = hall.phone()
    await phone.login.login()
    await phone.login.logout()
    await orders(phone)
    expect(phone.wx.requests.at(-1)?.header).not.toHaveProperty('X-WX-Code')
    expect(phone.wx.logins).toBe(1)
  })
})

test('a token that an app kept goes to nobody beside the code', async () => {
  const phone = hall.phone()
  const header = { authorization: 'Bearer old' }
  const { statusCode } = await phone.login.request({ url: '/orders', header })
  expect(statusCode).toBe(200)
  expect(phone.wx.requests[0]?.header).not.toHaveProperty('authorization')
})
