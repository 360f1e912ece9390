const { uploadUrl } = require('../config')
const { login } = require('./login')

const KEY = 'local-avatar'

/** 上传时也带上令牌：只有 baseUrl 之下的地址才会得到它。 */
const upload = login.wrap(options => wx.uploadFile(options))

/**
 * chooseAvatar 给的是临时路径（http://tmp/…、wxfile://…）：别的手机打不开，微信随时会清掉它。
 * 所以先上传到您自己的存储，再把 https 地址存到用户上。
 *
 * @returns 上传后的 https 地址；没有配置上传接口时为空，图片只存在这台手机上
 */
exports.keepAvatar = async tempFilePath => {
  if (!uploadUrl) {
    const { savedFilePath } = await new Promise((success, fail) =>
      wx.getFileSystemManager().saveFile({ tempFilePath, success, fail }),
    )
    wx.setStorageSync(KEY, savedFilePath)
    return ''
  }
  const { data } = await upload({ url: uploadUrl, filePath: tempFilePath, name: 'file' })
  return JSON.parse(data).url
}

exports.localAvatar = () => wx.getStorageSync(KEY) || ''
