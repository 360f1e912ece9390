import { slotOf } from '../../../src/store/redis/link/slots'
import { createRedisKeys } from '../../../src/store/redis/redis-keys'

const redisKeys = createRedisKeys('shop:')

test('every name begins with the prefix', () => {
  const names = [
    redisKeys.ofSession({ id: 'id', userId: 'user' }),
    ...[redisKeys.ofSessionIds('user'), redisKeys.ofNewestKey('user')],
    ...[redisKeys.ofCode('hash'), redisKeys.ofCounter('name'), redisKeys.ofValue('name')],
  ]
  for (const name of names) expect(name).toMatch(/^shop:/)
  expect(new Set(names).size).toBe(names.length)
})

test('all that belongs to a user is in one slot of a cluster, whatever the session', () => {
  const names = [
    redisKeys.ofSession({ id: 'one', userId: 'user' }),
    redisKeys.ofSession({ id: 'other', userId: 'user' }),
    redisKeys.ofSessionIds('user'),
    redisKeys.ofNewestKey('user'),
  ]
  expect(new Set(names.map(slotOf)).size).toBe(1)
  expect(slotOf(redisKeys.ofSessionIds('user'))).not.toBe(slotOf(redisKeys.ofSessionIds('other')))
})

test('with the usual prefix sessions are where version 0.1 had them', () => {
  const usual = createRedisKeys('mpl:')
  expect(usual.ofSession({ id: 'id', userId: 'user' })).toBe('mpl:{user}:s:id')
  expect(usual.ofSessionIds('user')).toBe('mpl:{user}:r')
  expect(usual.ofNewestKey('user')).toBe('mpl:{user}:k')
})

test('a key of a user names the user, and another one names nobody', () => {
  const { userOf } = redisKeys
  for (const redisKey of [
    redisKeys.ofSession({ id: 'id', userId: 'user' }),
    ...[redisKeys.ofSessionIds('user'), redisKeys.ofNewestKey('user')],
    redisKeys.ofCodeHashes('user'),
  ]) {
    expect(userOf(redisKey)).toBe('user')
  }
  for (const redisKey of [
    ...[redisKeys.ofCode('{user}'), redisKeys.ofCounter('{user}'), redisKeys.ofValue('{user}')],
    ...['', 'shop:', 'shop:{user', 'other:{user}:k'],
  ]) {
    expect(userOf(redisKey)).toBeUndefined()
  }
})
