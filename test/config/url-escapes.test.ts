import { canDecode, ENCODE } from '../../src/config/url-escapes'

test.each(['', 'plain', 'p%40ss', '%E5%AF%86'])('"%s" can be decoded', text => {
  expect(canDecode(text)).toBe(true)
})

test.each(['100%', '%zz', '%FF'])('"%s" cannot', text => expect(canDecode(text)).toBe(false))

test('the fix gives each escape as it is', () => {
  for (const [, raw, escaped] of ENCODE.matchAll(/(\S) is (%..)/g)) {
    expect(encodeURIComponent(String(raw))).toBe(escaped)
  }
})
