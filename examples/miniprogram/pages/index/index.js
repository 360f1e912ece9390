const { localAvatar } = require('../../utils/avatar')
const { explain, toast } = require('../../utils/explain')
const { login } = require('../../utils/login')
const { phoneDetail, weRunData } = require('../../utils/simulated-phone')

/** 没有令牌的 401：用户自己退出过。别的失败才是错误。 */
const isLoggedOut = error => error.code === 'token_missing'

const hidden = number => (number || '').replace(/\d{4}(?=\d{4}$)/, '****')

Page({
  /** state：loading | in | out | trouble */
  data: {
    state: 'loading',
    name: '',
    avatar: '',
    initial: '',
    phone: '',
    devices: 0,
    steps: 0,
    trouble: null,
    busy: '',
  },

  onShow() {
    return this.load()
  },

  async onPullDownRefresh() {
    await this.load()
    wx.stopPullDownRefresh()
  },

  /** 第一次打开时，请求自己等登录完成：这里不用先 login()。 */
  async load() {
    try {
      const [me, sessions] = await Promise.all([login.me(), login.sessions()])
      const name = me.nickname || '微信用户'
      this.setData({
        state: 'in',
        trouble: null,
        name,
        initial: name.slice(0, 1),
        avatar: me.avatar_url || localAvatar(),
        phone: hidden(me.phone_number),
        devices: sessions.length,
      })
    } catch (error) {
      if (isLoggedOut(error)) this.setData({ state: 'out', trouble: null })
      else this.setData({ state: 'trouble', trouble: explain(error) })
    }
  },

  /** 同一个按钮不连点：每次成功取得手机号都要收费。 */
  async once(busy, work) {
    if (this.data.busy) return
    this.setData({ busy })
    try {
      await work()
    } catch (error) {
      toast(error)
    }
    this.setData({ busy: '' })
  },

  onLogin() {
    return this.once('login', async () => {
      await login.login()
      await this.load()
    })
  },

  onPhone({ detail }) {
    return this.once('phone', async () => {
      const { phone_number } = await login.phone(phoneDetail(detail))
      this.setData({ phone: hidden(phone_number) })
    })
  },

  onSteps() {
    return this.once('steps', async () => {
      // 先确认登录，再取密文：密文要用这次登录的 session_key 才解得开。
      await login.ready
      const { stepInfoList } = await login.decrypt(await weRunData())
      this.setData({ steps: stepInfoList[stepInfoList.length - 1].step })
    })
  },

  onLogout() {
    return this.once('logout', async () => {
      try {
        await login.logout()
      } finally {
        // 网络断了也算退出：令牌已经从这台手机上删掉。
        this.setData({ state: 'out', steps: 0 })
      }
    })
  },

  async onRetry() {
    this.setData({ state: 'loading', trouble: null })
    await this.load()
  },

  toProfile() {
    wx.navigateTo({ url: '/pages/profile/profile' })
  },

  toDevices() {
    wx.navigateTo({ url: '/pages/devices/devices' })
  },
})
