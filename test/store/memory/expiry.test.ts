import { expiredNames } from '../../../src/store/memory/expiry'

const entries = new Map([
  ['before', { expiresAt: 9 }],
  ['later', { expiresAt: 11 }],
  ['now', { expiresAt: 10 }],
  ['long ago', { expiresAt: 1 }],
])

test('what ends at this very moment has expired, what ends a moment later has not', () => {
  expect(expiredNames(entries, 10, 100)).toEqual(['before', 'now', 'long ago'])
})

test('no more names are given than were asked for, and nothing is removed', () => {
  expect(expiredNames(entries, 10, 2)).toEqual(['before', 'now'])
  expect(expiredNames(entries, 10, 0)).toEqual([])
  expect(entries.size).toBe(4)
})
