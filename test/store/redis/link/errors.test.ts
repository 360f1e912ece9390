import { LoginError } from '../../../../src/errors'
import { guarded, reasonOf } from '../../../../src/store/redis/link/errors'

test.each([
  [new Error('OOM command not allowed when used memory > maxmemory'), 'oom'],
  [new Error('READONLY You can’t write against a read only replica.'), 'readonly'],
  [new Error('NOPERM User app has no permissions to run the evalsha command'), 'noperm'],
  [new Error('ERR ACL failure in script: User app has no permissions to run zadd'), 'noperm'],
  [new Error('ERR The user executing the script can’t run this command'), 'noperm'],
  [new Error('ERR DB index is out of range'), 'wrong_database'],
  [
    Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6379'), { code: 'ECONNREFUSED' }),
    'econnrefused',
  ],
  [new Error('The canary said no'), 'connection_lost'],
  [new LoginError('store_unavailable', { reason: 'deadline' }), 'deadline'],
])('%s is called by one word of ours', (error, reason) => {
  expect(reasonOf(error)).toBe(reason)
})

test('callers learn that the store did not do it, and never what Redis said', async () => {
  const failed = guarded(Promise.reject(new Error('WRONGPASS invalid pair, canary')))
  const error = await failed.catch((caught: unknown) => caught)
  expect(error).toMatchObject({ code: 'store_unavailable', reason: 'redis_wrongpass' })
  expect(JSON.stringify(error) + String(error)).not.toContain('canary')
  expect(await guarded(Promise.resolve('fine'))).toBe('fine')
})
