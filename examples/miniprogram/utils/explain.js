/** 按钮上写什么：服务器的 action 说了下一步做什么。 */
const BUTTONS = { retry: '重试', wait: '重试', login: '重新登录' }

const DENIED = { text: '您没有同意，需要时可以再点一次', button: '', detail: '' }

/**
 * 一个错误怎样给人看：一句话、一个按钮（没有就不显示）、一行小字。
 *
 * SDK 的错误带着中文 message；wx 自己的失败只有 errMsg。小字给开发者和客服：
 * 微信的原话，或者问题编号，服务器日志里找得到它。
 */
exports.explain = error => {
  if (/deny|denied|cancel/.test(error.errMsg || '')) return DENIED
  if (!error.action)
    return { text: '没有成功，请再试一次', button: '重试', detail: error.errMsg || error.message }
  const [text, words] = error.code === 'network' ? error.message.split(/[（）]/) : [error.message]
  const seconds = error.retryAfter ? `（${error.retryAfter} 秒后）` : ''
  const id = error.requestId ? `问题编号 ${error.requestId.slice(0, 8)}` : ''
  return { text: text + seconds, button: BUTTONS[error.action] || '', detail: words || id }
}

/** 一闪而过的提示：按钮引起的错误，页面还在。 */
exports.toast = error =>
  wx.showToast({ title: exports.explain(error).text, icon: 'none', duration: 3000 })
