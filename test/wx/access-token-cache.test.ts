import { LoginError } from '../../src/errors'
import { type AccessTokenCache, createForgivingCache } from '../../src/wx/access-token-cache'
import { createRecorder } from './recorder'
import { NO_CACHE } from './start-wx'

const asking = { appid: 'wx0', origin: { requestId: 'r-1' } }
const token = { value: 'a', expiresAt: 1 }
const recorder = createRecorder()
beforeEach(recorder.forget)

const broken = async (): Promise<never> => {
  throw new LoginError('store_unavailable', { reason: 'gone' })
}
const LINE = { level: 'warn', event: 'access_token_not_shared', appid: 'wx0', reason: 'gone' }

test('what the cache does is passed on, for the app that is asked for', async () => {
  const asked: unknown[] = []
  const note = (...args: unknown[]) => void asked.push(args)
  const cache = createForgivingCache(
    {
      read: async appid => {
        note('read', appid)
        return token
      },
      write: async (...args) => note('write', ...args),
      drop: async (...args) => note('drop', ...args),
      lease: async (...args) => {
        note('lease', ...args)
        return undefined
      },
    },
    recorder.log,
  )
  expect(await cache.read(asking)).toBe(token)
  await cache.write(token, asking)
  await cache.drop('a', asking)
  expect(await cache.lease(7, asking)).toBeUndefined()
  expect(asked).toEqual([
    ['read', 'wx0'],
    ['write', 'wx0', token],
    ['drop', 'wx0', 'a'],
    ['lease', 'wx0', 7],
  ])
  expect(recorder.lines).toEqual([])
})

test('a cache that is broken is empty, takes nothing, and lets everybody ask WeChat', async () => {
  const cache = createForgivingCache(
    { read: broken, write: broken, drop: broken, lease: broken },
    recorder.log,
  )
  expect(await cache.read(asking)).toBeUndefined()
  await cache.write(token, asking)
  await cache.drop('a', asking)
  const release = await cache.lease(1, asking)
  expect(release).toEqual(expect.any(Function))
  await release?.()
  expect(recorder.lines).toEqual(Array(4).fill({ ...LINE, request_id: 'r-1' }))
})

test('a lease that cannot be given back is no failure of who had it', async () => {
  const stuck: AccessTokenCache = { ...NO_CACHE, lease: async () => broken }
  const release = await createForgivingCache(stuck, recorder.log).lease(1, asking)
  await release?.()
  expect(recorder.lines).toMatchObject([LINE])
})

test('of a fault that is not ours the log shows nothing', async () => {
  const cache = createForgivingCache(
    { ...NO_CACHE, read: () => Promise.reject(new Error('canary')) },
    recorder.log,
  )
  await cache.read(asking)
  expect(recorder.lines).toMatchObject([{ reason: 'unknown' }])
  expect(recorder.text()).not.toContain('canary')
})
