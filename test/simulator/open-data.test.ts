import { createDecipheriv, createHash } from 'node:crypto'

import { type EncryptedData, SIMULATOR_APP } from '../../src/simulator/index'
import { encrypt, signRawData } from '../../src/simulator/session-keys'
import { Clock } from '../support/clock'
import { login, start } from './ask'
import { type Json, OTHER_APP, TWO_APPS } from './credentials'

const { appid } = SIMULATOR_APP

async function startLoggedIn(user = 'alice') {
  const clock = new Clock()
  const simulator = await start({ now: clock.now, apps: TWO_APPS })
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

describe('the official vectors', () => {
  it('WXBizDataCrypt: the demo’s plaintext becomes the demo’s ciphertext', () => {
    const plaintext =
      '{"openId":"oGZUI0egBJY1zhBYw2KhdUfwVJJE","nickName":"Band","gender":1,"language":"zh_CN","city":"Guangzhou","province":"Guangdong","country":"CN","avatarUrl":"http://wx.qlogo.cn/mmopen/vi_32/aSKcBBPpibyKNicHNTMM0qJVh8Kjgiak2AHWr8MHM4WgMEm7GFhsf8OYrySdbvAMvTsw3mo8ibKicsnfN5pRjl1p8HQ/0","unionId":"ocMvos6NjeKLIBqg5Mr9QjxrP1FA","watermark":{"timestamp":1477314187,"appid":"wx4f4bc4dec97d474b"}}'
    const iv = Buffer.from('r7BXXKkLb8qrSNn05n0qiA==', 'base64')
    expect(encrypt(plaintext, 'tiihtNczf5v6AKRyjwEUhQ==', iv)).toBe(
      'CiyLU1Aw2KjvrjMdj8YKliAjtP4gsMZMQmRzooG2xrDcvSnxIMXFufNstNGTyaGS9uT5geRa0W4oTOb1WT7fJlAC+oNPdbB+3hVbJSRgv+4lGOETKUQz6OYStslQ142dNCuabNPGBzlooOmB231qMM85d2/fV6ChevvXvQP8Hkue1poOFtnEtpyxVLW1zAo6/1Xx1COxFvrc2d7UL/lmHInNlxuacJXwu0fjpXfz/YqYzBIBzD6WUfTIF9GRHpOn/Hz7saL8xz+W//FRAUid1OksQaQx4CMs8LOddcQhULW4ucetDf96JcR3g0gfRK4PC7E/r7Z6xNrXd2UIeorGj5Ef7b1pJAYB6Y5anaHqZ9J6nKEBvB4DnNLIVWSgARns/8wR2SiRS7MNACwTyrGvt9ts8p12PKFdlqYTopNHR1Vf7XjfhQlVsAJdNiKdYmYVoKlaRv85IfVunYzO0IKXsyl7JCUjCpoG20f0a04COwfneQAGGwd5oa+T8yO5hzuyDb/XcxxmK01EpqOyuxINew==',
    )
  })

  it('the page 开放数据校验与解密: rawData and session_key become the signature', () => {
    const rawData =
      '{"nickName":"Band","gender":1,"language":"zh_CN","city":"Guangzhou","province":"Guangdong","country":"CN","avatarUrl":"http://wx.qlogo.cn/mmopen/vi_32/1vZvI39NWFQ9XM4LtQpFrQJ1xlgZxx3w7bQxKARol6503Iuswjjn6nIGBiaycAjAtpujxyzYsrztuuICqIM5ibXQ/0"}'
    expect(signRawData(rawData, 'HyVFkGl5F5OQWJZZaNzBBg==')).toBe(
      '75e81ceda165f4ffa64f4068af58c64b8f54b88c',
    )
  })
})

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
