import { readRedisUrl } from '../../../../src/config/redis-url'
import { warnOfNoPassword } from '../../../../src/store/redis/link/no-password'

const warnings = (url: string) => {
  const warn = jest.fn()
  warnOfNoPassword(readRedisUrl(url), { warn })
  return warn.mock.calls
}

test.each([
  'redis://10.0.0.5:6379',
  'redis://redis',
  'redis+cluster://127.0.0.1:7000,10.0.0.5:7000',
  'redis+sentinel://127.0.0.10.example.com/mymaster',
])('a Redis on the network without a password is warned of, without its URL: %s', url => {
  const calls = warnings(url)
  expect(calls).toEqual([
    ['redis_without_password', { setting: expect.any(String), hint: expect.any(String) }],
  ])
  expect(JSON.stringify(calls)).not.toContain('10.0.0')
})

test.each([
  'redis://:secret@10.0.0.5:6379',
  'redis://user:secret@redis',
  'redis://127.0.0.1:6379',
  'redis://localhost',
  'redis://[::1]:6379',
])('on loopback, or with a password, nothing is said: %s', url => {
  expect(warnings(url)).toEqual([])
})
