const { keepAvatar, localAvatar } = require('../../utils/avatar')
const { explain, toast } = require('../../utils/explain')
const { login } = require('../../utils/login')

Page({
  data: { avatar: '', nickname: '', isOnlyHere: false, busy: false, trouble: null },

  async onLoad() {
    try {
      const { nickname, avatar_url } = await login.me()
      this.setData({
        nickname: nickname || '',
        avatar: avatar_url || localAvatar(),
        isOnlyHere: !avatar_url && Boolean(localAvatar()),
        trouble: null,
      })
    } catch (error) {
      this.setData({ trouble: explain(error) })
    }
  },

  /** 先显示，再上传：e.detail.avatarUrl 是手机上的临时文件。 */
  async onChooseAvatar({ detail }) {
    const before = this.data.avatar
    this.setData({ avatar: detail.avatarUrl, busy: true })
    try {
      const avatar_url = await keepAvatar(detail.avatarUrl)
      if (avatar_url) await login.updateMe({ avatar_url })
      this.setData({ isOnlyHere: !avatar_url })
    } catch (error) {
      this.setData({ avatar: before })
      toast(error)
    }
    this.setData({ busy: false })
  },

  /** type="nickname" 的输入框由微信做内容审核：不合格的昵称在失去焦点时被清空。 */
  async onSave({ detail }) {
    const nickname = detail.value.nickname.trim()
    if (!nickname) return wx.showToast({ title: '请填写昵称', icon: 'none' })
    this.setData({ busy: true })
    try {
      await login.updateMe({ nickname })
      wx.showToast({ title: '已保存', icon: 'success' })
      wx.navigateBack()
    } catch (error) {
      toast(error)
    }
    this.setData({ busy: false })
  },
})
