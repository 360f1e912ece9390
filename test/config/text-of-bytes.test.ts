import { problemWithBytes, problemWithText } from '../../src/config/text-of-bytes'

test('UTF-8 is text, with its mark and without', () => {
  expect(problemWithBytes(Buffer.from('密钥'))).toBeUndefined()
  expect(problemWithBytes(Buffer.from('\uFEFFa'))).toBeUndefined()
  expect(problemWithBytes(Buffer.alloc(0))).toBeUndefined()
})

test.each([
  ['with its mark', '\uFEFFa=1'],
  ['without it', 'a=1'],
])('UTF-16 %s is none, and the fix is said', (_, text) => {
  expect(problemWithBytes(Buffer.from(text, 'utf16le'))).toMatch(/UTF-16.*UTF-8/)
})

test('another encoding shows in the text', () => {
  expect(problemWithText(Buffer.from([0xd6, 0xd0]).toString('utf8'))).toMatch(/GBK/)
  expect(problemWithText('密钥')).toBeUndefined()
})
