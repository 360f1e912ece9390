import { limitIn, shareDescriptors } from '../../src/server/descriptors'

const STORES_AND_PROCESS = 96

test.each([
  [200, 34, 70],
  [1024, 309, 619],
  [4096, 512, 3488],
  [1_048_576, 512, 16_384],
  [Number.POSITIVE_INFINITY, 512, 16_384],
])('of %d descriptors WeChat gets %d and clients %d', (limit, upstream, clients) => {
  expect(shareDescriptors(limit)).toEqual({ upstream, clients })
  expect(upstream + clients + STORES_AND_PROCESS).toBeLessThanOrEqual(limit)
})

test('a larger pool of connections to the database is kept on top of the reserve', () => {
  const { upstream, clients } = shareDescriptors(1024, 100)
  expect(upstream + clients + STORES_AND_PROCESS + 90).toBeLessThanOrEqual(1024)
})

test('a limit that leaves nothing still leaves a handful', () => {
  expect(shareDescriptors(10)).toEqual({ upstream: 4, clients: 8 })
})

test('the limit is that of this process', () => {
  const text = [
    'Limit                     Soft Limit           Hard Limit           Units     ',
    'Max cpu time              unlimited            unlimited            seconds   ',
    'Max open files            200                  4096                 files     ',
  ].join('\n')
  expect(limitIn(text)).toBe(200)
  expect(limitIn(text.replace(' 200 ', ' unlimited '))).toBe(Number.POSITIVE_INFINITY)
  expect(limitIn('')).toBe(1024)
  expect(shareDescriptors().clients).toBeGreaterThan(0)
})
