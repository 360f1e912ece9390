import type { Config } from '../../config/config'
import { ConfigError } from '../../config/config-error'
import { PATIENCE, type Patience } from '../../patience'
import { inspectRedis, RedisUnusable } from '../../store/inspect-redis'
import { type Check, fail, ok, warn } from './check'
import { withoutPassword } from './settings'

const FIX =
  '核对 REDIS_URL、密码、网络；见 docs/operations.md · compare REDIS_URL, password and network; see docs/operations.md'

/** Whether Redis answers, and keeps what it was given. */
export async function checkRedis(
  { redisUrl }: Config,
  patience: Patience = PATIENCE,
): Promise<Check[]> {
  if (redisUrl === undefined) return []
  const where = withoutPassword(redisUrl)
  try {
    const { version, warnings } = await inspectRedis(redisUrl, patience)
    const found = warnings.map(text =>
      warn('redis', text, 'redis.conf；见 docs/durability.md · see docs/durability.md'),
    )
    return [ok('redis', `${where}: ${version}`), ...found]
  } catch (error) {
    if (error instanceof RedisUnusable) {
      return [fail('redis', `${where}: ${error.reason}`, error.fix ?? FIX)]
    }
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ problem }) => fail('redis', problem, FIX))
  }
}
