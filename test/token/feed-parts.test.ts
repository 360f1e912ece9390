import { createHash } from 'node:crypto'
import { feedParts } from '../../src/token/feed-parts'

test('parts are fed with their length in bytes before them, so that no cut can be moved', () => {
  const fed: string[] = []
  const sink = {
    update(text: string) {
      fed.push(text)
      return this
    },
  }
  expect(feedParts(sink, ['a', 'é', ''])).toBe(sink)
  expect(fed).toEqual(['1:', 'a', '2:', 'é', '0:', ''])
})

test('it feeds a hash as well', () => {
  const hash = (...parts: string[]) => feedParts(createHash('sha256'), parts).digest('hex')
  expect(hash('ab')).not.toBe(hash('a', 'b'))
})
