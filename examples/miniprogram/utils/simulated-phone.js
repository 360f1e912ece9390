const { simulatedUser, simulatorUrl } = require('../config')

/** 模拟器认得的 code 是 <种类>-<用户>-<任意>，每个只能用一次。 */
const mintCode = kind =>
  `${kind}-${simulatedUser}-${Date.now()}${Math.random().toString().slice(2, 8)}`

/** 除了 wx.login，都是真的 wx。 */
exports.simulatedPhone = {
  request: options => wx.request(options),
  getStorageSync: key => wx.getStorageSync(key),
  setStorageSync: (key, value) => wx.setStorageSync(key, value),
  removeStorageSync: key => wx.removeStorageSync(key),
  getDeviceInfo: () => wx.getDeviceInfo(),
  login: ({ success }) => success({ code: mintCode('sim'), errMsg: 'login:ok' }),
}

/** 手机号按钮的 e.detail。游客模式下微信不给 code，由模拟器给。 */
exports.phoneDetail = detail =>
  simulatedUser ? { code: mintCode('simphone'), errMsg: 'getPhoneNumber:ok' } : detail

/** 微信运动的密文。用户拒绝授权时与 wx.getWeRunData 一样地失败。 */
exports.weRunData = () =>
  new Promise((success, fail) => {
    if (!simulatedUser) return wx.getWeRunData({ success, fail })
    const stepInfoList = [{ timestamp: Math.floor(Date.now() / 1000), step: 8123 }]
    wx.request({
      url: `${simulatorUrl}/simulator/user-info`,
      method: 'POST',
      data: { user: simulatedUser, fields: { stepInfoList } },
      success: ({ data }) => success({ encryptedData: data.encryptedData, iv: data.iv }),
      fail,
    })
  })
