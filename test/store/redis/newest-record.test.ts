import {
  type NewestKey,
  newestKeyArgs,
  readNewestKey,
} from '../../../src/store/redis/newest-record'
import { hashOf } from './hash-of'

const NEWEST: NewestKey = {
  newestKeyHash: 'digest',
  newestKeyAt: 1000,
  newestKeyCheck: { at: 2000, valid: true },
  unionid: 'union',
  unionidProof: 'proof',
}

test.each<[string, NewestKey]>([
  ['everything', NEWEST],
  ['a session_key that WeChat refused', { ...NEWEST, newestKeyCheck: { at: 2000, valid: false } }],
  ['a session_key that was never checked', { ...NEWEST, newestKeyCheck: null }],
  ['no session_key', { ...NEWEST, newestKeyHash: null }],
  ['no unionid', { ...NEWEST, unionid: null }],
  ['a login at the beginning of time', { ...NEWEST, newestKeyAt: 0 }],
])('what is written is read again: %s', (_what, newest) => {
  expect(readNewestKey(hashOf(newestKeyArgs(newest)))).toEqual(newest)
})

test('what is null takes no place in Redis', () => {
  const unknown = { newestKeyHash: null, newestKeyCheck: null, unionid: null, unionidProof: null }
  const bare = { ...unknown, newestKeyAt: 1000 }
  expect(newestKeyArgs(bare)).toEqual(['broughtAt', 1000])
})

test('a hash that is not there is no record', () => {
  expect(readNewestKey({})).toBeUndefined()
  // Without the time of its login a record says nothing: it could not be compared with a later one.
  expect(readNewestKey({ sessionKeyHash: 'digest' })).toBeUndefined()
})
