import type { RedisUrl } from '../../../config/redis-url'
import { withDeadline } from '../../deadline'
import { addressOf, loginOptions, type RedisAddress, socketOptions } from './address'
import { reasonOf } from './errors'
import type { RedisModule, RedisPatience } from './redis-route'

export interface FindPrimaryOptions {
  redis: RedisModule
  url: RedisUrl
  patience: Pick<RedisPatience, 'redisSentinelMs'>
}

/**
 * Asks the sentinels, one after the other, where the primary is. One question before each
 * connection is all that a failover takes. The library's `createSentinel` tells nobody which keys
 * changed (`docs/decisions/redis-connections.md`).
 *
 * @throws the last sentinel's failure when none of them knows the primary
 */
export async function findPrimary(options: FindPrimaryOptions): Promise<RedisAddress> {
  const { url } = options
  let failure: unknown = new Error('UNKNOWNPRIMARY no sentinel knows it')
  for (const node of url.nodes) {
    const sentinel = addressOf(url, node)
    try {
      const answer = await askOne(options, sentinel)
      const [host, port] = Array.isArray(answer) ? answer : []
      if (host !== undefined) return { ...sentinel, host: String(host), port: Number(port) }
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

/** The URL's login is the data servers'. A sentinel gets it only if the sentinel asks for one. */
async function askOne(options: FindPrimaryOptions, sentinel: RedisAddress): Promise<unknown> {
  try {
    return await askAs({}, options, sentinel)
  } catch (error) {
    if (reasonOf(error) !== 'noauth') throw error
    return askAs(loginOptions(sentinel), options, sentinel)
  }
}

async function askAs(
  login: ReturnType<typeof loginOptions>,
  { redis, url, patience }: FindPrimaryOptions,
  sentinel: RedisAddress,
): Promise<unknown> {
  const { redisSentinelMs } = patience
  const client = redis.createClient({
    socket: socketOptions(sentinel, redisSentinelMs),
    ...login,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
  })
  client.on('error', () => {})
  try {
    await withDeadline(client.connect(), redisSentinelMs)
    const question = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', url.primaryName]
    return await withDeadline(client.sendCommand(question), redisSentinelMs)
  } finally {
    client.destroy()
  }
}
