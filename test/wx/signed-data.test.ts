import { isSignedBy, readSignedData } from '../../src/wx/signed-data'
import { sign } from '../support/open-data'

const KEY = 'HyVFkGl5F5OQWJZZaNzBBg=='
const { rawData, signature } = sign(KEY, '{"nickName":"测试"}')

test('WeChat’s own example is signed by its session_key, as base64 text', () => {
  // From the page 开放数据校验与解密.
  const official = readSignedData(
    '{"nickName":"Band","gender":1,"language":"zh_CN","city":"Guangzhou","province":"Guangdong","country":"CN","avatarUrl":"http://wx.qlogo.cn/mmopen/vi_32/1vZvI39NWFQ9XM4LtQpFrQJ1xlgZxx3w7bQxKARol6503Iuswjjn6nIGBiaycAjAtpujxyzYsrztuuICqIM5ibXQ/0"}',
    '75e81ceda165f4ffa64f4068af58c64b8f54b88c',
  )
  expect(isSignedBy(KEY, official)).toBe(true)
  expect(isSignedBy(Buffer.from(KEY, 'base64').toString('latin1'), official)).toBe(false)
})

test('the object is given as it was signed', () => {
  expect(readSignedData(rawData, signature).data).toEqual({ nickName: '测试' })
})

test.each<[string, string, string]>([
  ['another session_key', 'AAAAAAAAAAAAAAAAAAAAAA==', rawData],
  ['another text', KEY, '{"nickName":"测验"}'],
  ['the same object in other letters', KEY, '{"nickName": "测试"}'],
])('%s has another signature', (_what, sessionKey, text) => {
  expect(isSignedBy(sessionKey, readSignedData(text, signature))).toBe(false)
})

test.each<[string, unknown, unknown, string, string]>([
  ['no rawData', undefined, signature, 'invalid_request', 'rawData'],
  ['no signature', rawData, undefined, 'invalid_request', 'signature'],
  ['rawData that is an object', {}, signature, 'invalid_request', 'rawData'],
  ['rawData that is no JSON', 'a=1', signature, 'data_undecryptable', 'rawData'],
  ['rawData that is a list', '[]', signature, 'data_undecryptable', 'rawData'],
  ['a signature in upper case', rawData, 'A'.repeat(40), 'data_undecryptable', 'signature'],
  ['a signature that is too long', rawData, `${signature}0`, 'data_undecryptable', 'signature'],
])('%s is refused by the name of the field', (_what, text, sha1, code, field) => {
  expect(() => readSignedData(text, sha1)).toThrow(expect.objectContaining({ code, field }))
})
