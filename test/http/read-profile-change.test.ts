import { readProfileChange } from '../../src/http/read-profile-change'
import { refusal } from '../support/refusal'

const refused = (body: Record<string, unknown>) => refusal(() => readProfileChange(body))

test('an absent field stays, null clears, and an empty body changes nothing', () => {
  expect(readProfileChange({})).toEqual({})
  expect(readProfileChange({ nickname: null })).toEqual({ nickname: null })
})

test('WeChat’s own spellings are taken, and unknown fields beside a known one are ignored', () => {
  const avatarUrl = 'https://a.example/c.png'
  expect(readProfileChange({ nickName: '小红', avatarUrl, gender: 1 })).toEqual({
    nickname: '小红',
    avatarUrl,
  })
})

describe('a change that would change nothing by mistake is refused by name', () => {
  test('a body with no field that is known', () => {
    expect(refused({ nick: 'x' })).toBe('invalid_request nick')
    expect(refused({ '<b>': 'x' })).toBe('invalid_request body')
  })

  test('one field in two spellings', () => {
    expect(refused({ nickname: 'a', nickName: 'b' })).toBe('invalid_request nickName')
  })

  test.each([
    'http://tmp/0a1b.jpeg',
    'http://tmp_0a1b.jpeg',
    'wxfile://tmp_0a1b.jpg',
    'https://tmp/0a1b.jpeg',
    'http://usr/0a1b.jpeg',
    'http://127.0.0.1:51123/__tmp__/0a1b.jpeg',
  ])('the temporary path of a chosen avatar (%s), with what to do', avatarUrl => {
    expect(refused({ avatarUrl })).toBe('invalid_request avatar_url')
    expect(() => readProfileChange({ avatarUrl })).toThrow('wx.uploadFile')
  })
})
