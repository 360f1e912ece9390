import { ERRORS, type ErrorCode, LoginError } from '../../src/errors'
import { sayWechatFailed } from '../../src/login/say-wechat-failed'

const TEXT = { zh: '换句话说', en: 'In other words.' }

test('what WeChat failed to do is said in these words, and stays the same failure', () => {
  const error = new LoginError('wechat_quota', { wxErrcode: 45011, wxRid: 'rid', retryAfter: 7 })
  const said = sayWechatFailed(error, TEXT) as LoginError
  expect(said.body('id')).toMatchObject({ message: TEXT.zh, message_en: TEXT.en })
  const { code, wxErrcode, wxRid, retryAfter } = said
  expect([code, wxErrcode, wxRid, retryAfter]).toEqual(['wechat_quota', 45011, 'rid', 7])
})

test('only WeChat’s failures are said in other words', () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const error = new LoginError(code)
    expect(sayWechatFailed(error, TEXT) === error).toBe(!code.startsWith('wechat_'))
  }
  const fault = new TypeError('expected')
  expect(sayWechatFailed(fault, TEXT)).toBe(fault)
})
