import {
  encrypt,
  SessionKeys,
  signRawData,
  signState,
} from '../../../src/simulator/wechat/session-keys'

it.each([
  [
    'o0q0otL8aEzpcZL/FT9WsQ==',
    '{"foo":"bar"}',
    '654571f79995b2ce1e149e53c0a33dc39c0a74090db514261454e8dbe432aa0b',
  ],
  [
    '9hAb/NEYUlkaMBEsmFgzig==',
    '{"openid": "xxx", "user_ip": "127.0.0.1", "env": 0}',
    '089d9e8dc5d308977360c4b79ec600a93d736802802a807d634192328032f6c7',
  ],
  [
    'gDyVgzwa0mFz9uUP7M6GQQ==',
    '1559129713_67297598215591297148AP6DT9ybtniUJfbwx20afc706a711eefc',
    'b002b824688dd8593a6079e11d8c5e8734fbcb39a6d5906eb347bfbcad79c617',
  ],
  [
    'tiihtNczf5v6AKRyjwEUhQ==',
    '',
    '7154f9f8b4b76b92f541cbf0e37d48840fa06e5e42da92a6f80168a1516a4735',
  ],
])('the signature of a login state is WeChat’s own: %s', (key, message, signature) => {
  expect(signState(key, message)).toBe(signature)
})

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

describe('the session_keys of a user in an app', () => {
  it('are none before the first login', () => {
    const keys = new SessionKeys()
    expect(keys.current('wxa', 'alice')).toBeUndefined()
    expect(keys.ago('wxa', 'alice', 0)).toBeUndefined()
  })

  it('have one that is valid: the newest', () => {
    const keys = new SessionKeys()
    keys.rotate('wxa', 'alice')
    const first = keys.current('wxa', 'alice')
    keys.rotate('wxa', 'alice')
    expect(keys.current('wxa', 'alice')).not.toBe(first)
    expect(keys.ago('wxa', 'alice', 1)).toBe(first)
    expect(keys.current('wxb', 'alice')).toBeUndefined()
    expect(keys.current('wxa', 'bob')).toBeUndefined()
  })

  it('are remembered, ten of them, and an expired one too', () => {
    const keys = new SessionKeys()
    for (let i = 0; i < 11; i += 1) keys.rotate('wxa', 'alice')
    const newest = keys.current('wxa', 'alice')
    keys.expire('wxa', 'alice')
    expect(keys.current('wxa', 'alice')).toBeUndefined()
    expect(keys.ago('wxa', 'alice', 0)).toBe(newest)
    expect(keys.ago('wxa', 'alice', 9)).toEqual(expect.any(String))
    expect(keys.ago('wxa', 'alice', 10)).toBeUndefined()
  })
})
