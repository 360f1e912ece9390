const { createClient } = require('./miniprogram-login-client')
const { baseUrl, simulatedUser } = require('../config')
const { simulatedPhone } = require('./simulated-phone')

/** 全小程序只有一个：登录、令牌、续期都在里面。 */
exports.login = createClient({
  baseUrl,
  ...(simulatedUser && { wx: simulatedPhone }),
})
