import fc from 'fast-check'
import { randomBytes, timeOrderedId } from '../../src/token/random'

test('no two ids are alike, also of one millisecond', () => {
  const ids = Array.from({ length: 20_000 }, () => timeOrderedId(1_700_000_000_000))
  expect(new Set(ids).size).toBe(ids.length)
})

test('an id is 22 characters that need no escaping anywhere', () => {
  expect(timeOrderedId(Date.UTC(2400, 0))).toMatch(/^[\w-]{22}$/)
})

test('ids of one hour share their beginning, and lie together in an index', () => {
  const hour = Date.UTC(2026, 0, 1, 12)
  const beginnings = [0, 1000, 3_599_000].map(ms => timeOrderedId(hour + ms).slice(0, 4))
  expect(new Set(beginnings).size).toBe(1)
})

test('ids keep the order of their times', () => {
  const times = fc.integer({ min: 0, max: 2 ** 48 - 2 })
  const bytes = (now: number) => Buffer.from(timeOrderedId(now), 'base64url')
  fc.assert(fc.property(times, now => Buffer.compare(bytes(now), bytes(now + 1)) === -1))
})

test('as many bytes come as were asked for, also more than what is left of the pool', () => {
  for (const size of [0, 1, 12, 4000, 200, 4096]) expect(randomBytes(size)).toHaveLength(size)
})

test('bytes that were given out change no more: the pool is copied and not shared', () => {
  const given = randomBytes(32)
  const copy = Buffer.from(given)
  for (let i = 0; i < 300; i++) randomBytes(32)
  expect(given).toEqual(copy)
})

test('random bytes are never given out twice, across refills of the pool', () => {
  const seen = Array.from({ length: 5000 }, () => randomBytes(24).toString('hex'))
  expect(new Set(seen).size).toBe(seen.length)
})
