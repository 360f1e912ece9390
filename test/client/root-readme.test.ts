import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '../../client/miniprogram_dist'
import type { FakeWx } from './fake-wx'
import { type Hall, openHall, shareClock } from './phone'

type Data = Record<string, unknown>
type Page = { data: Data; setData(change: Data): void } & Record<
  string,
  (event?: object) => Promise<void>
>

let hall: Hall
beforeAll(async () => {
  hall = await openHall()
  shareClock(hall.service.clock)
})
afterEach(() => hall.service.simulator.reset())
afterAll(() => hall.service.close())

/** The block of JavaScript in the README that begins with the name of this file. */
function blockOf(readme: string, file: string): string {
  const text = readFileSync(join(__dirname, '../..', readme), 'utf8')
  const blocks = [...text.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => String(code))
  return String(blocks.find(code => code.startsWith(`// ${file}\n`)))
}

interface Pasted {
  page: Page
  toasts: string[]
  request: (options: object) => Promise<{ statusCode: number }>
}

/** Runs the block as two files of a mini program, against this server. */
function paste(block: string, wx: FakeWx): Pasted {
  const toasts: string[] = []
  const platform = {
    ...wx,
    showToast: ({ title }: { title: string }) => void toasts.push(title),
  }
  const [library, page] = block
    .replace('https://api.example.com', hall.baseUrl)
    .replace(/^import \{ createClient \}.*$/m, '')
    .replace(/^export const login/m, 'const login = module.exports')
    .replace(/^import .* from '..\/..\/utils.*$/m, "const login = require('x')")
    .split(/^\/\/ pages\/index\/index\.js$/m)
  const module = { exports: {} as Data }
  new Function('module', 'wx', 'createClient', String(library))(
    module,
    platform,
    (options: { baseUrl: string }) => createClient({ ...options, wx }),
  )
  let made: Partial<Page> = {}
  new Function('require', 'wx', 'Page', String(page))(
    () => module.exports,
    platform,
    (options: Page) => {
      made = options
    },
  )
  const data: Data = { ...made.data }
  const setData = (change: Data) => void Object.assign(data, change)
  const { request } = module.exports as unknown as Pasted
  return { page: { ...made, data, setData } as Page, toasts, request }
}

describe.each(['README.md', 'README.en.md'])('the code to paste in %s', readme => {
  describe('with the SDK', () => {
    const pasteSdk = (wx: FakeWx) => paste(blockOf(readme, 'utils/login.js'), wx)

    test('is at most 25 lines, and shows who is logged in on first launch', async () => {
      expect(blockOf(readme, 'utils/login.js').split('\n').length).toBeLessThanOrEqual(25)
      const { wx } = hall.phone({ user: 'first' })
      const { page } = pasteSdk(wx)
      await page.onLoad?.()
      expect(page.data.me).toMatchObject({ nickname: null })
      expect(wx.logins).toBe(1)
    })

    test('gets the phone number, is silent where the user refuses, and shows a failure as a sentence', async () => {
      const { wx } = hall.phone({ user: 'second' })
      const { page, toasts } = pasteSdk(wx)
      const code = hall.service.simulator.mintPhoneCode({ user: 'second' })
      await page.onPhone?.({ detail: { code, errMsg: 'getPhoneNumber:ok' } })
      expect(page.data.phone).toMatch(/^\d{11}$/)
      await page.onPhone?.({ detail: { errMsg: 'getPhoneNumber:fail user deny' } })
      expect(toasts).toEqual([])
      await page.onPhone?.({ detail: { code: 'x'.repeat(64), errMsg: 'getPhoneNumber:ok' } })
      expect(toasts).toEqual([expect.stringContaining('再次点击手机号按钮')])
    })
  })

  describe('without the SDK', () => {
    const pasteBare = (wx: FakeWx) => paste(blockOf(readme, 'utils/request.js'), wx)

    test('is at most 45 lines, and shows who is logged in on first launch', async () => {
      expect(blockOf(readme, 'utils/request.js').split('\n').length).toBeLessThanOrEqual(46)
      const { wx } = hall.phone({ user: 'third' })
      const { page } = pasteBare(wx)
      await page.onLoad?.()
      expect(page.data.me).toMatchObject({ nickname: null })
      expect(wx.asked()).toEqual(['POST /api/v1/login', 'GET /api/v1/me'])
    })

    test('logs in once for many requests, and once more after the session ended', async () => {
      const { wx } = hall.phone({ user: 'fourth' })
      const { request } = pasteBare(wx)
      const five = async () =>
        Promise.all(Array.from({ length: 5 }, () => request({ url: '/orders' })))
      expect((await five()).map(({ statusCode }) => statusCode)).toEqual(Array(5).fill(200))
      expect(wx.logins).toBe(1)
      await hall.endSessions('fourth')
      expect((await five()).map(({ statusCode }) => statusCode)).toEqual(Array(5).fill(200))
      expect(wx.logins).toBe(2)
    })

    test('never loops where a route always answers 401', async () => {
      const { wx } = hall.phone({ user: 'fifth' })
      const { request } = pasteBare(wx)
      expect((await request({ url: '/never' })).statusCode).toBe(401)
      expect(wx.logins).toBe(2)
    })

    test('shows what the server or the network says, and logs in at the next try', async () => {
      const { wx } = hall.phone({ user: 'sixth' })
      const { page, toasts } = pasteBare(wx)
      hall.service.simulator.fail({ errcode: -1 }, { path: '/sns/jscode2session', times: 9 })
      await page.onLoad?.()
      hall.service.simulator.reset()
      wx.fault = () => 'cut'
      await page.onLoad?.()
      wx.fault = () => undefined
      expect(toasts).toEqual([expect.stringContaining('暂时连不上微信'), '网络连接失败'])
      await page.onLoad?.()
      expect(page.data.me).toMatchObject({ nickname: null })
    })
  })
})
