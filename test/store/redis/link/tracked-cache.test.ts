import { createTrackedCache } from '../../../../src/store/redis/link/tracked-cache'

const value = { some: 'value' }

test('what is read is kept until its Redis key is forgotten', () => {
  const cache = createTrackedCache(10)
  cache.reading('key')(value)
  expect(cache.get('key')).toBe(value)
  cache.forget('key')
  expect(cache.get('key')).toBeUndefined()
})

test.each([
  ['the key changed', (cache: ReturnType<typeof createTrackedCache>) => cache.forget('key')],
  ['everything changed', (cache: ReturnType<typeof createTrackedCache>) => cache.clear()],
  [
    'a later read is under way',
    (cache: ReturnType<typeof createTrackedCache>) => void cache.reading('key'),
  ],
])('a reply that was on its way is not kept when %s meanwhile', (_what, change) => {
  const cache = createTrackedCache(10)
  const keep = cache.reading('key')
  change(cache)
  keep(value)
  expect(cache.get('key')).toBeUndefined()
})

test('it holds no more than it may', () => {
  const cache = createTrackedCache(10)
  for (let i = 0; i < 100; i++) cache.reading(`key-${i}`)(value)
  const kept = Array.from({ length: 100 }, (_, i) => cache.get(`key-${i}`)).filter(Boolean)
  expect(kept).toHaveLength(10)
})
