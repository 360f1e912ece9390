// node-easywechat 3.6 against the simulator (3.6.2 does not load beside node-socialite 1.5):
//   npm i node-easywechat node-socialite@1.4.1 && node node-easywechat.mjs
// Start the simulator first: npx wechat-simulator
import { createRequire } from 'node:module'

const { MiniApp } = createRequire(import.meta.url)('node-easywechat')
const SIMULATOR = process.env.SIMULATOR ?? 'http://127.0.0.1:4000'
const say = (what, value) => process.stdout.write(`${what}: ${JSON.stringify(value)}\n`)
const control = (path, body = {}) =>
  fetch(`${SIMULATOR}/simulator${path}`, { method: 'POST', body: JSON.stringify(body) })

const app = new MiniApp({
  app_id: 'wx0000000000000000',
  secret: '5117a7ed5ec7e70005117a7ed5ec7e70',
  use_stable_access_token: true,
  http: { baseURL: `${SIMULATOR}/` },
})

const { openid, session_key: sessionKey } = await app
  .getUtils()
  .codeToSession(`sim-alice-${Date.now()}`)
say('openid', openid)

// What the old phone button gave, encrypted by that session_key.
const given = await (await control('/phone-number', { user: 'alice' })).json()
const opened = app.getUtils().decryptSession(sessionKey, given.iv, given.encryptedData)
say('decrypted', opened.purePhoneNumber)

async function phoneNumber() {
  const json = { code: `simphone-alice-${performance.now()}` }
  const answer = await app.getClient().post('/wxa/business/getuserphonenumber', { json })
  return answer.toObject()
}
say('phone', (await phoneNumber()).phone_info.phoneNumber)

// It goes on with an access_token that WeChat has ended: renewing it is the caller's part.
await control('/access-tokens/kill')
say('refused', (await phoneNumber()).errcode)
await app.getAccessToken().getStableAccessToken()
say('phone, after a renewal', (await phoneNumber()).phone_info.phoneNumber)
