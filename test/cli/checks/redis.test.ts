import { checkRedis } from '../../../src/cli/checks/redis'
import type { Config } from '../../../src/config/config'
import { available, freePort } from '../../support/databases'
import { STRETCHED } from '../../support/patience'
import { sharedDatabase } from '../../support/shared-servers/database'

const check = (redisUrl: string | undefined) =>
  checkRedis({ redisUrl } as unknown as Config, STRETCHED)

test('without Redis there is nothing to look at', async () => {
  expect(await check(undefined)).toEqual([])
})

test('a Redis that is down is a failure, without its password', async () => {
  const found = await check(`redis://:canary@127.0.0.1:${await freePort()}/0`)
  expect(found).toEqual([expect.objectContaining({ name: 'redis', status: 'fail' })])
  expect(JSON.stringify(found)).not.toContain('canary')
})

const withRedis = available('redis') ? test : test.skip
withRedis('a Redis that answers is well, and what it may forget is a warning', async () => {
  const { url } = await sharedDatabase('redis')
  const [first, ...more] = await check(url)
  expect(first).toMatchObject({ status: 'ok', found: expect.stringMatching(/: \d+\.\d+/) })
  // The tests' server keeps nothing on the disk.
  expect(more).toContainEqual(
    expect.objectContaining({ status: 'warn', found: expect.stringContaining('appendonly no') }),
  )
})
