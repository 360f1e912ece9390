import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Hall, openHall, shareClock } from '../../client/phone'
import { FOLDER, type MiniProgram, PAGES, startMiniProgram } from './mini-program'

const INDEX = 'pages/index/index'
const PROFILE = 'pages/profile/profile'
const DEVICES = 'pages/devices/devices'

let hall: Hall
let users = 0
beforeAll(async () => {
  hall = await openHall()
  shareClock(hall.service.clock)
})
afterEach(() => hall.service.simulator.reset())
afterAll(() => hall.service.close())

interface Guest {
  user: string
  program: MiniProgram
}

/** The sample on the phone of a user who has never been here. */
function install(options: { uploadUrl?: string } = {}): Guest {
  const user = `guest${++users}`
  const mintCode = () => hall.service.simulator.mintCode({ user })
  return { user, program: startMiniProgram({ baseUrl: hall.baseUrl, mintCode, ...options }) }
}

describe('the first launch', () => {
  test('logs in once and shows who it is', async () => {
    const { program } = install()
    const page = await program.open(INDEX)
    expect(page.text()).toBe(
      '微 微信用户 头像与昵称 手机号 未授权 授权 今日步数 未读取 读取 我的设备 1 台 退出登录',
    )
    expect(program.wx.logins).toBe(1)
  })

  test('works as it comes: the simulator stands for WeChat, its phone and its steps', async () => {
    const { simulator } = hall.service
    const program = startMiniProgram({
      baseUrl: hall.baseUrl,
      mintCode: () => 'the code is a mock one',
      simulatedUser: `guest${++users}`,
      simulatorUrl: simulator.url,
    })
    const page = await program.open(INDEX)
    await page.tap('授权', { errMsg: 'getPhoneNumber:fail no permission' })
    await page.tap('读取')
    expect(page.text()).toContain('8123 步')
    expect(page.text()).toMatch(/手机号 \d{3}\*{4}\d{4} 更换/)
  })

  test('says in Chinese what to do where DevTools has no AppID', async () => {
    const program = startMiniProgram({
      baseUrl: hall.baseUrl,
      mintCode: () => 'the code is a mock one',
    })
    const page = await program.open(INDEX)
    expect(page.text()).toMatch(/没有填 AppID.*问题编号 [0-9a-f]{8}$/)
  })

  test('without a network shows a button that tries again', async () => {
    const { program } = install()
    program.wx.fault = () => 'cut'
    const page = await program.open(INDEX)
    expect(page.text()).toBe(
      '网络连接失败，请稍后再试 重试 request:fail -106:net::ERR_INTERNET_DISCONNECTED',
    )
    program.wx.fault = () => undefined
    await page.tap('重试')
    expect(page.text()).toContain('微信用户')
  })

  test('while WeChat is down shows the way on, and the number that the log has', async () => {
    const { program } = install()
    hall.service.simulator.fail({ errcode: -1 }, { path: '/sns/jscode2session', times: 9 })
    const page = await program.open(INDEX)
    expect(page.text()).toMatch(/^暂时连不上微信.*重新登录 问题编号 [0-9a-f]{8}$/)
    hall.service.simulator.reset()
    await page.tap('重新登录')
    expect(page.text()).toContain('退出登录')
  })
})

describe('the phone number', () => {
  test('is shown with its middle hidden, and is there after the next start', async () => {
    const { program, user } = install()
    const page = await program.open(INDEX)
    const phoneNumber = '13800001234'
    const code = hall.service.simulator.mintPhoneCode({ user, phoneNumber })
    await page.tap('授权', { code, errMsg: 'getPhoneNumber:ok' })
    expect(page.text()).toContain('手机号 138****1234 更换')
    expect((await program.open(INDEX)).text()).toContain('138****1234')
  })

  test('that the user refuses asks nobody and says so', async () => {
    const { program } = install()
    const page = await program.open(INDEX)
    const before = program.wx.requests.length
    await page.tap('授权', { errMsg: 'getPhoneNumber:fail user deny' })
    expect(program.toasts).toEqual(['用户没有同意'])
    expect(program.wx.requests).toHaveLength(before)
  })

  test('whose code was refused asks for another tap', async () => {
    const { program } = install()
    const page = await program.open(INDEX)
    await page.tap('授权', { code: 'x'.repeat(64), errMsg: 'getPhoneNumber:ok' })
    expect(program.toasts).toEqual([expect.stringContaining('再次点击手机号按钮')])
  })
})

describe('the steps', () => {
  const stepInfoList = [{ timestamp: 1, step: 4321 }]

  test('are opened by the server', async () => {
    const { program, user } = install()
    const page = await program.open(INDEX)
    program.weRunData = async () =>
      hall.service.simulator.encryptUserInfo({ user, fields: { stepInfoList } })
    await page.tap('读取')
    expect(page.text()).toContain('今日步数 4321 步 刷新')
  })

  test('that the user refuses are no error of ours', async () => {
    const { program } = install()
    const page = await program.open(INDEX)
    program.weRunData = () => Promise.reject({ errMsg: 'getWeRunData:fail auth deny' })
    await page.tap('读取')
    expect(program.toasts).toEqual(['您没有同意，需要时可以再点一次'])
    expect(page.text()).toContain('未读取')
  })
})

describe('after a log-out', () => {
  test('nobody is logged in until the button is tapped, over a restart of the page too', async () => {
    const { program } = install()
    const page = await program.open(INDEX)
    await page.tap('退出登录')
    expect(page.text()).toBe('微 欢迎回来 登录后可以查看手机号、步数和设备 微信一键登录')
    const again = await program.open(INDEX)
    expect(again.text()).toContain('微信一键登录')
    expect(program.wx.logins).toBe(1)
    await again.tap('微信一键登录')
    expect(again.text()).toContain('退出登录')
    expect(program.wx.logins).toBe(2)
  })

  test('without a network this phone is logged out all the same', async () => {
    const { program } = install()
    const page = await program.open(INDEX)
    program.wx.fault = () => 'cut'
    await page.tap('退出登录')
    expect(page.text()).toContain('微信一键登录')
    expect(program.toasts).toEqual([expect.stringContaining('网络连接失败')])
  })
})

describe('nickname and avatar', () => {
  test('a nickname is kept on the server', async () => {
    const { program } = install()
    const page = await program.open(PROFILE)
    await page.fire('onSave', { detail: { value: { nickname: ' 小明 ' } } })
    expect([program.toasts, program.ways]).toEqual([['已保存'], ['back']])
    expect((await program.open(INDEX)).text()).toContain('小 小明 头像与昵称')
  })

  test('an empty nickname, as WeChat leaves it after its check, is asked for again', async () => {
    const { program } = install()
    const page = await program.open(PROFILE)
    await page.fire('onSave', { detail: { value: { nickname: '  ' } } })
    expect([program.toasts, program.ways]).toEqual([['请填写昵称'], []])
  })

  test('without an upload of one’s own the avatar stays on this phone, and the page says so', async () => {
    const { program } = install()
    const page = await program.open(PROFILE)
    await page.fire('onChooseAvatar', { detail: { avatarUrl: 'wxfile://tmp_1.jpg' } })
    expect(page.text()).toContain('头像只存在这台手机上')
    const index = await program.open(INDEX)
    expect(index.elements().find(({ name }) => name === 'image')?.attributes.src).toBe(
      'wxfile://store_1.jpg',
    )
  })

  test('with one it is uploaded without our token, and its https address is kept', async () => {
    const { program } = install({ uploadUrl: 'https://upload.example/avatars' })
    const page = await program.open(PROFILE)
    await page.fire('onChooseAvatar', { detail: { avatarUrl: 'wxfile://tmp_1.jpg' } })
    const [upload] = program.uploads
    expect(upload).toMatchObject({
      url: 'https://upload.example/avatars',
      filePath: 'wxfile://tmp_1.jpg',
    })
    expect(JSON.stringify(upload?.header ?? {})).not.toContain('Bearer')
    const index = await program.open(INDEX)
    expect(index.elements().find(({ name }) => name === 'image')?.attributes.src).toBe(
      'https://cdn.example/avatar.jpg',
    )
  })
})

describe('my devices', () => {
  async function withTwo() {
    const { program, user } = install()
    await program.open(INDEX)
    hall.service.clock.advance(60)
    await hall.service.logIn(user)
    return program
  }

  test('are listed, this one marked, and another one can be ended', async () => {
    const program = await withTwo()
    const page = await program.open(DEVICES)
    expect(page.text().match(/\d+月\d+日 \d\d:\d\d 登录/g)).toHaveLength(2)
    expect(page.text().match(/本机/g)).toHaveLength(1)
    const [other] = page.elements().filter(({ attributes }) => attributes['data-id'])
    program.isSure = false
    await page.fire('onEnd', { currentTarget: { dataset: { id: other?.attributes['data-id'] } } })
    expect(page.text().match(/登录/g)).toHaveLength(2)
    program.isSure = true
    await page.fire('onEnd', { currentTarget: { dataset: { id: other?.attributes['data-id'] } } })
    expect(page.text().match(/登录/g)).toHaveLength(1)
    expect(program.toasts).toEqual([])
  })

  test('one that has gone by itself is no error', async () => {
    const program = await withTwo()
    const page = await program.open(DEVICES)
    await page.fire('onEnd', { currentTarget: { dataset: { id: 'A'.repeat(22) } } })
    expect(program.toasts).toEqual([])
  })

  test('all of them can be ended at once, this one too', async () => {
    const program = await withTwo()
    const page = await program.open(DEVICES)
    await page.tap('退出所有设备')
    expect(program.ways).toEqual(['back'])
    expect((await program.open(INDEX)).text()).toContain('微信一键登录')
  })
})

describe('the folder opens in WeChat DevTools as it is', () => {
  const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8')

  test.each(PAGES)('%s has its four files, and every handler that its WXML names', page => {
    for (const end of ['js', 'json', 'wxml', 'wxss']) {
      expect([end, existsSync(join(FOLDER, `${page}.${end}`))]).toEqual([end, true])
    }
    const named = [...read(`${page}.wxml`).matchAll(/\sbind\w+="(\w+)"/g)].map(([, name]) => name)
    const source = read(`${page}.js`)
    expect(named.filter(name => !new RegExp(`^  (async )?${name}\\(`, 'm').test(source))).toEqual(
      [],
    )
  })

  test('its project file is for guests, and does not check domains', () => {
    const { appid, setting } = JSON.parse(read('project.config.json'))
    expect([appid, setting.urlCheck]).toEqual(['touristappid', false])
  })

  test('its SDK is the one that this repository builds', () => {
    const built = readFileSync(join(FOLDER, '../../client/miniprogram_dist/index.js'), 'utf8')
    expect(read('utils/miniprogram-login-client.js')).toBe(built)
  })

  test('nothing in it is a secret', () => {
    const files = [...PAGES, 'app', 'config', 'utils/login', 'utils/avatar'].map(f => `${f}.js`)
    for (const file of files) expect(read(file)).not.toMatch(/AppSecret|session_key['"]/)
  })
})
