import { readRedisUrl } from '../config/redis-url'
import { createEvents } from '../events'
import type { Log, LogFields } from '../log'
import type { Patience } from '../patience'
import { loadRedis } from './load-drivers'
import { createDurabilityWarning } from './redis/link/durability'
import { warnOfNoPassword } from './redis/link/no-password'
import { openRedisRoute } from './redis/link/open-redis-route'

export interface RedisFacts {
  readonly version: string
  /** What a restart or a full memory would cost, and a missing password: each a sentence. */
  readonly warnings: readonly string[]
}

/** Redis cannot be used. */
export class RedisUnusable extends Error {
  override readonly name = 'RedisUnusable'
  readonly reason: string
  readonly fix: string | undefined

  constructor(reason: string, fix: string | undefined) {
    super(reason)
    this.reason = reason
    this.fix = fix
  }
}

/**
 * Looks at a Redis and changes nothing there.
 *
 * @throws ConfigError when its package is not installed, RedisUnusable when it does not answer
 */
export async function inspectRedis(url: string, patience: Patience): Promise<RedisFacts> {
  const redis = loadRedis()
  const address = readRedisUrl(url)
  const warnings: string[] = []
  const log: Log = {
    info() {},
    warn: (_event, fields) => void warnings.push(textOf(fields)),
    error() {},
  }
  let lost: { reason: string; fix: string | undefined } | undefined
  const events = createEvents()
  events.listen(event => {
    if (event.type === 'store.lost') lost = { reason: event.reason, fix: event.fix }
  })
  const common = { redis, url: address, events, patience }
  const onConnected = createDurabilityWarning(log)
  const route = openRedisRoute({ ...common, onInvalidate() {}, onLost() {}, onConnected })
  try {
    await route.tried
    await route.ping()
    warnOfNoPassword(address, log)
    return { version: await versionOf(route), warnings }
  } catch (error) {
    const { reason } = error as { reason?: string }
    throw new RedisUnusable(lost?.reason ?? reason ?? 'unknown', lost?.fix)
  } finally {
    route.close()
  }
}

function textOf(fields: LogFields = {}): string {
  const { option, is, wanted, hint } = fields
  return option === undefined ? String(hint) : `${option} ${is}, wanted ${wanted}: ${hint}`
}

/** INFO may be forbidden, as hosted services do. */
async function versionOf(route: Pick<ReturnType<typeof openRedisRoute>, 'send'>): Promise<string> {
  const text = await route.send('', ['INFO', 'server']).catch(() => '')
  return /(?:redis|valkey)_version:(\S+)/.exec(String(text))?.[1] ?? 'unknown'
}
