import fc from 'fast-check'
import { digest } from '../../src/token/digest'

test('a digest is 22 characters of base64url, the same for the same parts', () => {
  expect(digest('a', 'b')).toMatch(/^[\w-]{22}$/)
  expect(digest('a', 'b')).toBe(digest('a', 'b'))
})

test('it stays the same in every version: stores are full of digests', () => {
  expect(digest('wx0000000000000000', 'a-code')).toBe('JJjZP8tcb5sGXpD2almOcx')
  expect(digest()).toBe('47DEQpj8HBSa-_TImW-5JC')
})

test('it differs where parts are cut elsewhere, reordered or left out', () => {
  const lists = [
    ...[['ab'], ['a', 'b'], ['b', 'a'], ['', 'ab'], ['ab', ''], ['a', '', 'b'], [''], []],
    ...[['1:a', 'b'], ['1:a1:b'], ['a1:b'], ['é'], ['e\u0301']],
  ]
  expect(new Set(lists.map(parts => digest(...parts))).size).toBe(lists.length)
})

test('no two lists of parts have one digest, whatever is in them', () => {
  const parts = fc.array(fc.string({ unit: fc.constantFrom('0', '1', ':', 'a', 'é') }))
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      const isSame = one.length === other.length && one.every((part, i) => part === other[i])
      expect(digest(...one) === digest(...other)).toBe(isSame)
    }),
    { numRuns: 500 },
  )
})
