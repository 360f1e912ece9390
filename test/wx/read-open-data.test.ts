import crypto, { createHash, randomBytes } from 'node:crypto'
import { LoginError } from '../../src/errors'
import { type OpenDataFields, type OpenDataKeys, readOpenData } from '../../src/wx/read-open-data'
import { encrypt, flipBit, sign } from '../support/open-data'
import { KEY, NOW, newKey, OWNER, phone, user, watermark } from './open-data-samples'

/** WeChat's own example (aes-sample.zip). */
const OFFICIAL = {
  appid: 'wx4f4bc4dec97d474b',
  openid: 'oGZUI0egBJY1zhBYw2KhdUfwVJJE',
  sessionKey: 'tiihtNczf5v6AKRyjwEUhQ==',
  iv: 'r7BXXKkLb8qrSNn05n0qiA==',
  encryptedData: [
    'CiyLU1Aw2KjvrjMdj8YKliAjtP4gsMZMQmRzooG2xrDcvSnxIMXFufNstNGTyaGS9uT5geRa0W4oTOb1WT7fJlAC+oNP',
    'dbB+3hVbJSRgv+4lGOETKUQz6OYStslQ142dNCuabNPGBzlooOmB231qMM85d2/fV6ChevvXvQP8Hkue1poOFtnEtpyx',
    'VLW1zAo6/1Xx1COxFvrc2d7UL/lmHInNlxuacJXwu0fjpXfz/YqYzBIBzD6WUfTIF9GRHpOn/Hz7saL8xz+W//FRAUid',
    '1OksQaQx4CMs8LOddcQhULW4ucetDf96JcR3g0gfRK4PC7E/r7Z6xNrXd2UIeorGj5Ef7b1pJAYB6Y5anaHqZ9J6nKEB',
    'vB4DnNLIVWSgARns/8wR2SiRS7MNACwTyrGvt9ts8p12PKFdlqYTopNHR1Vf7XjfhQlVsAJdNiKdYmYVoKlaRv85IfVu',
    'nYzO0IKXsyl7JCUjCpoG20f0a04COwfneQAGGwd5oa+T8yO5hzuyDb/XcxxmK01EpqOyuxINew==',
  ].join(''),
  now: 1477314187_000,
}
/** WeChat's own example of a signature (page 开放数据校验与解密). */
const OFFICIAL_SIGNATURE = {
  sessionKey: 'HyVFkGl5F5OQWJZZaNzBBg==',
  rawData:
    '{"nickName":"Band","gender":1,"language":"zh_CN","city":"Guangzhou","province":"Guangdong","country":"CN","avatarUrl":"http://wx.qlogo.cn/mmopen/vi_32/1vZvI39NWFQ9XM4LtQpFrQJ1xlgZxx3w7bQxKARol6503Iuswjjn6nIGBiaycAjAtpujxyzYsrztuuICqIM5ibXQ/0"}',
  signature: '75e81ceda165f4ffa64f4068af58c64b8f54b88c',
}

function open(fields: OpenDataFields, options: Partial<OpenDataKeys> = {}) {
  return readOpenData(fields).open({ ...OWNER, sessionKeys: [KEY], now: NOW, ...options })
}

/** The error's body but for the request, or what was opened. */
function outcome(fields: OpenDataFields, options?: Parameters<typeof open>[1]): unknown {
  try {
    return open(fields, options)
  } catch (error) {
    if (!(error instanceof LoginError)) throw error
    return error.body('')
  }
}
const STALE = new LoginError('session_key_stale').body('')
const UNDECRYPTABLE = new LoginError('data_undecryptable').body('')

describe('WeChat’s official examples', () => {
  const { sessionKey, encryptedData, iv, ...official } = OFFICIAL
  const opened = () => open({ encryptedData, iv }, { ...official, sessionKeys: [sessionKey] })

  test('the encrypted user info opens to the published text', () => {
    const text = JSON.stringify(opened())
    expect(createHash('sha256').update(text).digest('hex')).toBe(
      '3237d8a5dbd413523c194882c7156544d8a06e2afcc97383cc300c17bd09391b',
    )
    expect(opened()).toMatchObject({ nickName: 'Band', openId: OFFICIAL.openid })
  })

  test('the signed raw data is accepted, and opens to what it says', () => {
    const { sessionKey: signer, ...fields } = OFFICIAL_SIGNATURE
    expect(open(fields, { sessionKeys: [signer] })).toEqual(JSON.parse(fields.rawData))
  })

  test('10,000 random keys open or sign neither of them, and the right one among them does', () => {
    const strangers = Array.from({ length: 10_000 }, newKey)
    const { sessionKey: signer, ...signed } = OFFICIAL_SIGNATURE
    const encrypted = { encryptedData, iv }
    for (const [fields, right] of [[encrypted, sessionKey] as const, [signed, signer] as const]) {
      expect(outcome(fields, { ...official, sessionKeys: strangers })).toEqual(STALE)
      const sessionKeys = [...strangers, right]
      expect(outcome(fields, { ...official, sessionKeys })).not.toEqual(STALE)
    }
  })

  test('1000 bit flips in the ciphertext and the iv have one answer, the one of a wrong key', () => {
    const bits = Buffer.from(encryptedData, 'base64').length * 8
    const flips = [
      ...Array.from({ length: 128 }, (_, bit) => ({ encryptedData, iv: flipBit(iv, bit) })),
      ...Array.from({ length: 872 }, (_, i) => {
        const bit = Math.floor((i * bits) / 872)
        return { encryptedData: flipBit(encryptedData, bit), iv }
      }),
    ]
    const answers = flips.map(fields =>
      JSON.stringify(outcome(fields, { ...official, sessionKeys: [sessionKey] })),
    )
    expect(new Set(answers)).toEqual(new Set([JSON.stringify(STALE)]))
  })
})

describe('data that a key opens', () => {
  test.each([
    ['another app', { ...watermark, appid: 'wx0000000000000002' }],
    ['a time over 10 minutes ago', { ...watermark, timestamp: NOW / 1000 - 601 }],
    ['a time over 10 minutes ahead', { ...watermark, timestamp: NOW / 1000 + 601 }],
  ])('is refused when its watermark names %s', (_name, other) => {
    expect(outcome(encrypt(KEY, { ...phone, watermark: other }))).toEqual(UNDECRYPTABLE)
  })

  test.each([-600, 0, 600])('is accepted %i seconds from now', seconds => {
    const near = { ...phone, watermark: { ...watermark, timestamp: NOW / 1000 + seconds } }
    expect(outcome(encrypt(KEY, near))).toEqual(near)
  })

  test('is refused when the signature beside it is another key’s', () => {
    const rawData = '{"nickName":"测试"}'
    expect(outcome({ ...encrypt(KEY, user), ...sign(KEY, rawData) })).toEqual(user)
    const other = newKey()
    const mixed = { ...encrypt(KEY, user), ...sign(other, rawData) }
    expect(outcome(mixed)).toEqual(UNDECRYPTABLE)
    expect(outcome(mixed, { sessionKeys: [KEY, other] })).toEqual(UNDECRYPTABLE)
    expect(outcome(mixed, { sessionKeys: [other] })).toEqual(STALE)
  })
})

test('a signature that no known key made is the answer of a wrong key, changed text or not', () => {
  const signed = sign(KEY, '{"nickName":"测试"}')
  expect(outcome(signed)).toEqual({ nickName: '测试' })
  expect(outcome(signed, { sessionKeys: [newKey()] })).toEqual(STALE)
  expect(outcome({ ...signed, rawData: '{"nickName":"测验"}' })).toEqual(STALE)
  expect(outcome(signed, { sessionKeys: [] })).toEqual(STALE)
})

test('a session_key that is no AES key opens nothing and is in nobody’s way', () => {
  const odd = ['', 'short', randomBytes(32).toString('base64')]
  expect(outcome(encrypt(KEY, phone), { sessionKeys: odd })).toEqual(STALE)
  expect(outcome(encrypt(KEY, phone), { sessionKeys: [...odd, KEY] })).toEqual(phone)
})

test('every key is tried, wherever the right one stands and whatever is wrong', () => {
  const others = Array.from({ length: 9 }, newKey)
  const decipher = jest.spyOn(crypto, 'createDecipheriv')
  const tried = (fields: OpenDataFields, sessionKeys: string[]): number => {
    decipher.mockClear()
    outcome(fields, { sessionKeys })
    return decipher.mock.calls.length
  }
  const good = encrypt(KEY, phone)
  expect(tried(good, [KEY, ...others])).toBe(10)
  expect(tried(good, [...others, KEY])).toBe(10)
  expect(tried(good, [newKey(), ...others])).toBe(10)
  expect(tried({ ...good, iv: flipBit(good.iv, 0) }, [KEY, ...others])).toBe(10)
  decipher.mockRestore()
})

describe('what no key could open is refused before any is tried, and names the field', () => {
  const { encryptedData, iv } = encrypt(KEY, phone)
  const { rawData, signature } = sign(KEY, '{"a":1}')
  const refusal = (code: 'data_undecryptable' | 'invalid_request', field: string) =>
    new LoginError(code, { field }).body('')

  test.each<[string, string, OpenDataFields]>([
    ['encryptedData', 'empty', { encryptedData: '', iv }],
    ['encryptedData', 'not base64', { encryptedData: `${encryptedData.slice(0, -4)}!!!!`, iv }],
    ['encryptedData', 'a space for a plus', { encryptedData: `${'A AA'.repeat(5)}AA==`, iv }],
    [
      'encryptedData',
      'without its padding',
      { encryptedData: encryptedData.replace(/=*$/, ''), iv },
    ],
    [
      'encryptedData',
      'base64url',
      { encryptedData: randomBytes(48).fill(255).toString('base64url'), iv },
    ],
    ['encryptedData', 'a line feed after it', { encryptedData: `${encryptedData}\n`, iv }],
    ['encryptedData', 'not canonical', { encryptedData: 'AAAAAAAAAAAAAAAAAAAAAB==', iv }],
    ['encryptedData', 'half a block', { encryptedData: randomBytes(24).toString('base64'), iv }],
    ['encryptedData', 'too long', { encryptedData: randomBytes(12_304).toString('base64'), iv }],
    ['iv', 'empty', { encryptedData, iv: '' }],
    ['iv', 'not base64', { encryptedData, iv: iv.replace(/.$/, '!') }],
    ['iv', 'too short', { encryptedData, iv: randomBytes(12).toString('base64') }],
    ['iv', 'too long', { encryptedData, iv: randomBytes(32).toString('base64') }],
    ['signature', 'too short', { rawData, signature: signature.slice(1) }],
    ['signature', 'upper case', { rawData, signature: 'A'.repeat(40) }],
    ['signature', 'empty', { rawData, signature: '' }],
    ['rawData', 'no JSON', { rawData: 'a=1', signature }],
    ['rawData', 'no object', { rawData: '[]', signature }],
    ['rawData', 'too long', { rawData: `{"a":"${'a'.repeat(16_384)}"}`, signature }],
  ])('%s: %s', (field, _what, fields) => {
    expect(outcome(fields)).toEqual(refusal('data_undecryptable', field))
  })

  test.each<[string, OpenDataFields]>([
    ['encryptedData', {}],
    ['encryptedData', { iv }],
    ['encryptedData', { encryptedData: 1, iv }],
    ['encryptedData', { encryptedData: [encryptedData], iv }],
    ['iv', { encryptedData }],
    ['iv', { encryptedData, iv: { iv } }],
    ['iv', { encryptedData, rawData, signature }],
    ['rawData', { signature }],
    ['rawData', { encryptedData, iv, rawData: {}, signature }],
    ['signature', { rawData }],
    ['signature', { encryptedData, iv, rawData }],
  ])('%s, when it is missing or no text', (field, fields) => {
    expect(outcome(fields)).toEqual(refusal('invalid_request', field))
  })

  test('nothing of the input is in the refusal', () => {
    for (const fields of [
      { encryptedData: 'canary!', iv },
      { rawData: 'canary', signature },
    ]) {
      expect(JSON.stringify(outcome(fields))).not.toContain('canary')
    }
  })
})
