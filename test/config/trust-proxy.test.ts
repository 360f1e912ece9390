import { isTrusted, parseTrustProxy } from '../../src/config/trust-proxy'

test('the text is off, a number of hops, or a list of ranges', () => {
  expect(parseTrustProxy('off')).toBe(false)
  expect(parseTrustProxy('2')).toBe(2)
  expect(parseTrustProxy('10.0.0.0/8, loopback')).toEqual(['10.0.0.0/8', 'loopback'])
})

test.each([
  '10.0.0.1',
  '10.0.0.0/8',
  '0.0.0.0/0',
  'fd00::/8',
  '::1/128',
  'loopback',
  'uniquelocal',
])('%s names addresses', range => expect(isTrusted(range)).toBe(true))

test.each(['true', 'all', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0', ''])(
  '%p names none',
  range => expect(isTrusted(range)).toBe(false),
)
