const { login } = require('./utils/login')

App({
  onLaunch() {
    // 启动就登录：第一个页面打开时多半已经好了。失败由页面显示，这里不必处理。
    login.ready.catch(() => undefined)
  },
})
