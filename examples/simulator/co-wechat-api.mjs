// co-wechat-api 3.11 against the simulator: npm i co-wechat-api && node co-wechat-api.mjs
// Start the simulator first: npx wechat-simulator
import { createRequire } from 'node:module'

// Its entry gives the class by `module.exports` alone.
const WechatAPI = createRequire(import.meta.url)('co-wechat-api')
const SIMULATOR = process.env.SIMULATOR ?? 'http://127.0.0.1:4000'
const say = (what, value) => process.stdout.write(`${what}: ${JSON.stringify(value)}\n`)
const killAccessTokens = () =>
  fetch(`${SIMULATOR}/simulator/access-tokens/kill`, { method: 'POST', body: '{}' })

const api = new WechatAPI('wx0000000000000000', '5117a7ed5ec7e70005117a7ed5ec7e70')
// It has no option for the address, but keeps it in these fields.
api.prefix = `${SIMULATOR}/cgi-bin/`
api.snsPrefix = `${SIMULATOR}/sns/`
api.wxaPrefix = `${SIMULATOR}/wxa/`

const login = await api.code2Session(`sim-alice-${Date.now()}`)
say('openid', login.openid)
say('menu', await api.getMenu())

// WeChat ends every access_token in the middle of its life: the next call gets 40001.
await killAccessTokens()
say('menu, after one retry', await api.getMenu())
