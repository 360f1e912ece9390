const { day } = require('../../utils/day')
const { explain, toast } = require('../../utils/explain')
const { login } = require('../../utils/login')

/** wx.showModal 给出用户是否点了“确定”。 */
const isSure = content =>
  new Promise(resolve =>
    wx.showModal({ title: '退出登录', content, success: ({ confirm }) => resolve(confirm) }),
  )

Page({
  data: { devices: [], isLoaded: false, busy: '', trouble: null },

  onLoad() {
    return this.load()
  },

  async load() {
    try {
      const sessions = await login.sessions()
      const devices = sessions.map(({ id, is_current, created_at, expires_at }) => ({
        id,
        isCurrent: is_current,
        since: day(created_at),
        until: day(expires_at),
      }))
      this.setData({ devices, isLoaded: true, trouble: null })
    } catch (error) {
      this.setData({ trouble: explain(error) })
    }
  },

  async onEnd({ currentTarget }) {
    const { id } = currentTarget.dataset
    if (this.data.busy || !(await isSure('让这台设备退出登录？'))) return
    this.setData({ busy: id })
    try {
      await login.endSession(id)
    } catch (error) {
      // 它已经自己退出了：列表里本来就不该再有它。
      if (error.code !== 'not_found') toast(error)
    }
    await this.load()
    this.setData({ busy: '' })
  },

  async onEndAll() {
    if (this.data.busy || !(await isSure('让所有设备，包括这一台，都退出登录？'))) return
    this.setData({ busy: 'all' })
    try {
      await login.logout({ all: true })
      wx.navigateBack()
    } catch (error) {
      toast(error)
    }
    this.setData({ busy: '' })
  },
})
