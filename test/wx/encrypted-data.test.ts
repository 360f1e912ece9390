import { randomBytes } from 'node:crypto'
import { decrypt, readEncryptedData } from '../../src/wx/encrypted-data'
import { type Encrypted, encrypt, encryptPadded, flipBit } from '../support/open-data'
import { KEY, newKey, OWNER, phone, user, watermark } from './open-data-samples'

/** What the data opens to, or undefined. */
const open = ({ encryptedData, iv }: Encrypted, sessionKey = KEY) =>
  decrypt(readEncryptedData(encryptedData, iv), sessionKey, OWNER.openid)

test('a bit flip in the iv of a phone number opens nothing, also where the JSON survives', () => {
  const { encryptedData, iv } = encrypt(KEY, phone)
  for (let bit = 0; bit < 128; bit++) {
    expect(open({ encryptedData, iv: flipBit(iv, bit) })).toBeUndefined()
  }
})

test('nobody makes a phone number of their own nickname', () => {
  // CBC has no MAC: whoever knows the text of a block can make a text of their own begin there.
  const nickName = `${'x'.repeat(11)}13900000000`
  const text = Buffer.from(JSON.stringify({ openId: OWNER.openid, nickName, gender: 0, watermark }))
  expect(text.subarray(64, 75).toString()).toBe('13900000000')
  const bytes = Buffer.from(encrypt(KEY, text.toString()).encryptedData, 'base64')
  const wanted = Buffer.from('{"phoneNumber":"')
  const iv = Buffer.from(
    wanted.map((byte, i) => byte ^ Number(text[48 + i]) ^ Number(bytes[32 + i])),
  )
  const forged = {
    iv: iv.toString('base64'),
    encryptedData: bytes.subarray(48).toString('base64'),
  }
  expect(open(forged)).toBeUndefined()
})

test('a phone number made by another implementation opens', () => {
  const fields = {
    iv: 'EBESExQVFhcYGRobHB0eHw==',
    encryptedData:
      'aLhedzo+Z6es5zW+YHo9snYC0yqzXTKggXNMQvhcyudkik75xObeE7YxlOkqVmhFK8f+LxhMgOYi9sTvM5HwmI782mFnqn3zZPlUfzWBBP/6qAGbf5iVZm6scZDBeHhAYxqAfDna3wjWIIw4JekkOgPqYRi5a1p2CbxrAzXBAOYMbWQN1Dpslb+LHpYqzMhoPtwiBz3KcAkOovU5MhZ/KA==',
  }
  expect(open(fields, 'AAECAwQFBgcICQoLDA0ODw==')).toEqual(phone)
})

describe('a ciphertext that is wrong', () => {
  const text = JSON.stringify(phone)
  const padded = (last: number[]) => {
    const size = Math.ceil((text.length + 16) / 16) * 16 - last.length
    return encryptPadded(KEY, Buffer.from(text.padEnd(size, ' ') + String.fromCharCode(...last)))
  }
  const ways: [string, Encrypted][] = [
    ['another key', encrypt(newKey(), phone)],
    ['padding of 0', padded([0])],
    ['a space for padding', padded([32])],
    ['line feeds for padding', padded([10, 10])],
    ['padding of 17', padded(Array(17).fill(17))],
    ['padding that does not agree', padded([2, 3, 3])],
    ['no JSON', encrypt(KEY, text.slice(1))],
    ['JSON cut off', encrypt(KEY, text.slice(0, -1))],
    ['JSON that is no object', encrypt(KEY, `[${text}]`)],
    ['null', encrypt(KEY, 'null')],
    ['nothing but padding', encrypt(KEY, '')],
    ['invalid UTF-8', encryptPadded(KEY, brokenUtf8())],
    ['no watermark', encrypt(KEY, { ...phone, watermark: undefined })],
    ['a watermark of text', encrypt(KEY, { ...phone, watermark: 'mine' })],
    ['a watermark without an appid', encrypt(KEY, { ...phone, watermark: { timestamp: 1 } })],
    ['a watermark without a time', encrypt(KEY, { ...phone, watermark: { appid: OWNER.appid } })],
    ['another user’s openId', encrypt(KEY, { ...user, openId: 'oSomebodyElse' })],
    ['an openId that is no text', encrypt(KEY, { ...user, openId: [OWNER.openid] })],
    ['our openId under another name', encrypt(KEY, { openid: OWNER.openid, watermark })],
    ['a phone number that is not whole', encrypt(KEY, { phoneNumber: '13800000000', watermark })],
  ]
  function brokenUtf8(): Buffer {
    const bytes = Buffer.from(JSON.stringify(user))
    bytes[bytes.indexOf('测')] = 0xff
    const padding = 16 - (bytes.length % 16)
    return Buffer.concat([bytes, Buffer.alloc(padding, padding)])
  }

  test.each(ways)('opens no more than one of a wrong key: %s', (_way, fields) => {
    expect(open(fields)).toBeUndefined()
  })

  test('is not found wrong by accident: right ones open', () => {
    expect(open(padded([1]))).toEqual(phone)
    expect(open(padded(Array(16).fill(16)))).toEqual(phone)
    expect(open(encrypt(KEY, user))).toEqual(user)
  })
})

test.each(['', 'short', randomBytes(32).toString('base64')])(
  'a session_key that is no AES key opens nothing: %p',
  sessionKey => {
    expect(open(encrypt(KEY, phone), sessionKey)).toBeUndefined()
  },
)

test('names that objects have of themselves are only names', () => {
  const text = `{"__proto__":{"polluted":1},"constructor":2,"watermark":${JSON.stringify(watermark)}}`
  expect(JSON.stringify(open(encrypt(KEY, text)))).toBe(text)
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})
