// nest-wechat 0.2 against the simulator:
//   npm i nest-wechat axios @nestjs/common@10 @nestjs/core@10 reflect-metadata rxjs
//   node nest-wechat.mjs
// Start the simulator first: npx wechat-simulator
import 'reflect-metadata'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { MiniProgramService } = require('nest-wechat')
const axios = require('axios')
const SIMULATOR = process.env.SIMULATOR ?? 'http://127.0.0.1:4000'
const say = (what, value) => process.stdout.write(`${what}: ${JSON.stringify(value)}\n`)

// WeChat's address is written into every method. They all ask by axios's default instance.
axios.interceptors.request.use(config => {
  config.url = config.url.replace('https://api.weixin.qq.com', SIMULATOR)
  return config
})

const service = new MiniProgramService({
  appId: 'wx0000000000000000',
  secret: '5117a7ed5ec7e70005117a7ed5ec7e70',
})
const { openid } = await service.code2Session(`sim-alice-${Date.now()}`)
say('openid', openid)

const phoneNumber = async accessToken =>
  (await service.getPhoneNumber(`simphone-alice-${performance.now()}`, accessToken)).data
const { data: first } = await service.getAccessToken()
say('phone', (await phoneNumber(first.access_token)).phone_info.phoneNumber)

// It keeps no access_token: renewing one that WeChat has ended is the caller's part.
await fetch(`${SIMULATOR}/simulator/access-tokens/kill`, { method: 'POST', body: '{}' })
say('refused', (await phoneNumber(first.access_token)).errcode)
const { data: second } = await service.getAccessToken()
say('phone, after a renewal', (await phoneNumber(second.access_token)).phone_info.phoneNumber)
