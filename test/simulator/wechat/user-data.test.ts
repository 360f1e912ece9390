import { createDecipheriv, createHash } from 'node:crypto'
import { type EncryptedData, SIMULATOR_APP } from '../../../src/simulator/index'
import { login } from '../ask'
import { type Json, OTHER_APP, startWithClock } from '../credentials'

const { appid } = SIMULATOR_APP

async function startLoggedIn(user = 'alice') {
  const { clock, simulator } = await startWithClock()
  const { session_key: sessionKey } = await login(simulator, simulator.mintCode({ user }))
  const watermark = { timestamp: Math.floor(clock.ms / 1000), appid }
  return { simulator, sessionKey: String(sessionKey), watermark }
}

/** As the documents tell a server to do it. */
function decrypt({ encryptedData, iv }: EncryptedData, sessionKey: string): Json {
  const bytes = (text: string) => Buffer.from(text, 'base64')
  const decipher = createDecipheriv('aes-128-cbc', bytes(sessionKey), bytes(iv))
  const plaintext = Buffer.concat([decipher.update(bytes(encryptedData)), decipher.final()])
  return JSON.parse(plaintext.toString('utf8')) as Json
}

describe('encryptUserInfo', () => {
  it('is what wx.getUserInfo gives: an anonymous profile, the openId, the watermark', async () => {
    const { simulator, sessionKey, watermark } = await startLoggedIn()
    const { rawData, signature, ...encrypted } = simulator.encryptUserInfo()
    const shown = JSON.parse(rawData)
    expect(shown).toMatchObject({ nickName: '微信用户', avatarUrl: expect.any(String) })
    expect(signature).toBe(
      createHash('sha1')
        .update(rawData + sessionKey)
        .digest('hex'),
    )
    const { openid } = simulator.user('alice')
    expect(decrypt(encrypted, sessionKey)).toEqual({ openId: openid, ...shown, watermark })
    expect(simulator.encryptUserInfo().iv).not.toBe(encrypted.iv)
  })

  it('has the unionId when the app is bound, and neither id as a profile', async () => {
    const { simulator, sessionKey } = await startLoggedIn()
    simulator.setUnionidBound(appid, true)
    expect(decrypt(simulator.encryptUserInfo(), sessionKey)).toMatchObject({
      unionId: simulator.user('alice').unionid,
    })
    const profile = decrypt(simulator.encryptUserInfo({ profile: true }), sessionKey)
    expect(profile).toMatchObject({ nickName: '微信用户' })
    expect(profile).not.toHaveProperty('openId')
    expect(profile).not.toHaveProperty('unionId')
  })

  it('can say anything else, in rawData too', async () => {
    const { simulator, sessionKey } = await startLoggedIn('bob')
    const sent = simulator.encryptUserInfo({ user: 'bob', fields: { nickName: '鲍勃 "B"' } })
    expect(JSON.parse(sent.rawData).nickName).toBe('鲍勃 "B"')
    expect(decrypt(sent, sessionKey)).toMatchObject({
      nickName: '鲍勃 "B"',
      openId: simulator.user('bob').openid,
    })
  })
})

describe('encryptPhoneNumber', () => {
  it('is what the phone button gave: the number and the watermark', async () => {
    const { simulator, sessionKey, watermark } = await startLoggedIn()
    const { phoneNumber } = simulator.user('alice')
    const sent = simulator.encryptPhoneNumber()
    expect(Object.keys(sent).sort()).toEqual(['encryptedData', 'iv'])
    expect(decrypt(sent, sessionKey)).toEqual({
      phoneNumber,
      purePhoneNumber: phoneNumber,
      countryCode: '86',
      watermark,
    })
    const foreign = simulator.encryptPhoneNumber({ phoneNumber: '51234567', countryCode: '852' })
    expect(decrypt(foreign, sessionKey)).toMatchObject({
      phoneNumber: '85251234567',
      purePhoneNumber: '51234567',
      countryCode: '852',
    })
  })

  it('can carry another watermark', async () => {
    const { simulator, sessionKey, watermark } = await startLoggedIn()
    const read = (changes: { appid?: string; timestamp?: number }) =>
      decrypt(simulator.encryptPhoneNumber({ watermark: changes }), sessionKey).watermark
    expect(read({ appid: 'wxffffffffffffffff' })).toEqual({
      ...watermark,
      appid: 'wxffffffffffffffff',
    })
    expect(read({ timestamp: 1 })).toEqual({ ...watermark, timestamp: 1 })
  })
})

describe('the session_key of a phone', () => {
  it('can be any of the last ten', async () => {
    const { simulator, sessionKey } = await startLoggedIn()
    for (let ago = 1; ago <= 9; ago += 1) simulator.rotateSessionKey('alice')
    const sent = simulator.encryptPhoneNumber({ keysAgo: 9 })
    expect(decrypt(sent, sessionKey)).toHaveProperty('phoneNumber')
    expect(() => simulator.encryptPhoneNumber({ keysAgo: 10 })).toThrow('log in first')
    const newest = String(simulator.user('alice').sessionKey)
    expect(decrypt(simulator.encryptPhoneNumber(), newest)).toHaveProperty('phoneNumber')
  })

  it('is still in the phone when WeChat has ended it', async () => {
    const { simulator, sessionKey } = await startLoggedIn()
    simulator.expireSessionKey('alice')
    expect(decrypt(simulator.encryptPhoneNumber(), sessionKey)).toHaveProperty('phoneNumber')
  })

  it('is another one in another app, and there is none before the first login', async () => {
    const { simulator } = await startLoggedIn()
    const { appid: otherAppid } = OTHER_APP
    expect(() => simulator.encryptUserInfo({ appid: otherAppid })).toThrow('log in first')
    const code = simulator.mintCode({ appid: otherAppid })
    const { session_key: key } = await login(simulator, code, OTHER_APP)
    const sent = simulator.encryptUserInfo({ appid: otherAppid })
    expect(decrypt(sent, String(key))).toMatchObject({
      openId: simulator.user('alice', otherAppid).openid,
      watermark: { appid: otherAppid },
    })
    expect(() => simulator.encryptUserInfo({ appid: 'wxa' })).toThrow(TypeError)
  })
})
