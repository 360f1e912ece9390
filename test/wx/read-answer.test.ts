import { z } from 'zod'
import { identifier, readAnswer } from '../../src/wx/read-answer'

const fields = z.object({ openid: identifier })
const read = (body: unknown) => readAnswer(body, fields, { now: 0 })

test('the fields of a success are given, and what WeChat adds to them is left out', () => {
  expect(read({ openid: 'o', expires_in: 7200, errcode: 0, errmsg: 'ok' })).toEqual({ openid: 'o' })
  expect(read({ openid: 'o', errcode: '0' })).toEqual({ openid: 'o' })
})

test.each([40029, '40029'])('an errcode of %p is a refusal, whatever stands beside it', errcode => {
  expect(() => read({ openid: 'o', errcode })).toThrow(
    expect.objectContaining({ name: 'WxRefused', code: 'code_invalid', wxErrcode: 40029 }),
  )
})

test.each(['soon', null, {}, 2 ** 31, 1.5])('an errcode of %p is an answer to nothing', errcode => {
  expect(() => read({ openid: 'o', errcode })).toThrow(
    expect.objectContaining({ code: 'wechat_bad_answer', reason: 'errcode_malformed', sent: true }),
  )
})

test.each([null, undefined, 'o', 7, [], {}, { openid: 7 }, { openid: '' }, { openid: [] }])(
  'an answer of %p lacks the field',
  body => {
    expect(() => read(body)).toThrow(
      expect.objectContaining({ code: 'wechat_bad_answer', reason: 'fields_missing', sent: true }),
    )
  },
)

test.each<[string, boolean]>([
  ['oSIM-somebody', true],
  ['AAAAAAAAAAAAAAAAAAAAAA==', true],
  ['x'.repeat(512), true],
  ['x'.repeat(513), false],
  ['with space', false],
  ['space-after ', false],
  ['line\u2028separator', false],
  ['zero\u0000byte', false],
  ['half\ud800character', false],
])('%p is an identifier: %s', (text, isGood) => {
  expect(identifier.safeParse(text).success).toBe(isGood)
})
