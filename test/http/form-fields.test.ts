import { LoginError } from '../../src/errors'
import { readForm } from '../../src/http/form-fields'

test.each([
  ['', {}],
  ['&&', {}],
  ['code=abc', { code: 'abc' }],
  ['code=a%2Bb+c&appid=wx1', { code: 'a+b c', appid: 'wx1' }],
  ['code=a=b&x', { code: 'a=b', x: '' }],
  ['%63ode=%E5%BE%AE', { code: '微' }],
  ['code=微', { code: '微' }],
  ['=x', { '': 'x' }],
])('%j is a form', (text, fields) => {
  expect(readForm(Buffer.from(text))).toEqual(fields)
})

test('a name of JavaScript’s own is a name like any other', () => {
  const fields = readForm(Buffer.from('__proto__=a&constructor=b&code=c'))
  expect(Object.getPrototypeOf(fields)).toBe(Object.prototype)
  expect(Object.keys(fields)).toEqual(['__proto__', 'constructor', 'code'])
})

test.each([
  ['a name that stands twice', Buffer.from('code=a&code=b')],
  ['a name that stands twice, spelt differently', Buffer.from('code=a&%63ode=a')],
  ['a percent sign that begins no escape', Buffer.from('code=%')],
  ['an escape that is no UTF-8', Buffer.from('code=%ff')],
  ['half of a character', Buffer.from('code=%E5%BE')],
  ['bytes that are no UTF-8', Buffer.from('code=\xff', 'latin1')],
  ['UTF-16', Buffer.from('code=微信', 'utf16le').subarray(1)],
])('%s is refused', (_what, bytes) => {
  const refused = () => readForm(bytes)
  expect(refused).toThrow(LoginError)
  expect(refused).toThrow(expect.objectContaining({ code: 'invalid_request' }))
})
