import type { RedisUrl } from '../../redis-url'
import { withDeadline } from '../deadline'
import { addressOf, type RedisAddress, type RedisModule, socketOptions } from './connection'
import { reasonOf } from './errors'

const SENTINEL_TIMEOUT_MS = 400

/**
 * Asks the sentinels, one after the other, where the primary is. The library's `createSentinel`
 * keeps pools of its own, which leave a hung primary unnoticed; one question is all that it takes.
 *
 * @throws the last sentinel's failure when none of them knows
 */
export async function findPrimary(options: {
  redis: RedisModule
  url: RedisUrl
}): Promise<RedisAddress> {
  const { redis, url } = options
  let failure: unknown = new Error('UNKNOWNPRIMARY no sentinel knows it')
  for (const node of url.nodes) {
    const sentinel = addressOf(url, node)
    try {
      const answer = await ask(redis, sentinel, url.primaryName)
      const [host, port] = Array.isArray(answer) ? answer : []
      if (host !== undefined) return { ...sentinel, host: String(host), port: Number(port) }
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

/** The URL's login is the data servers'; a sentinel gets it only if it asks for one. */
async function ask(redis: RedisModule, address: RedisAddress, name: string): Promise<unknown> {
  const { username, password } = address
  for (const login of [{}, { ...(username && { username }), ...(password && { password }) }]) {
    const client = redis.createClient({
      socket: socketOptions(address, SENTINEL_TIMEOUT_MS),
      ...login,
      disableOfflineQueue: true,
      maintNotifications: 'disabled',
    })
    client.on('error', () => {})
    try {
      await withDeadline(client.connect(), SENTINEL_TIMEOUT_MS)
      const question = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name]
      return await withDeadline(client.sendCommand(question), SENTINEL_TIMEOUT_MS)
    } catch (error) {
      if (reasonOf(error) !== 'noauth') throw error
    } finally {
      client.destroy()
    }
  }
  throw new Error('NOAUTH the sentinel asks for a login')
}
