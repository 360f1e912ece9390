import { ConfigError, type ConfigProblem } from '../config/config-error'
import type { ServerConfig } from '../config/read-environment'

/**
 * Checks the settings of a worker of somebody else's cluster. It may be one of several, and has no way
 * to know: what processes cannot share is refused, as it is beside `WORKERS`.
 *
 * @throws ConfigError with every problem at once
 */
export function checkGuest(config: ServerConfig): void {
  const problems = [
    ...(config.server.workers > 1 ? [NESTED] : []),
    ...(config.login.database === 'memory:' ? [NOT_SHARED] : []),
    // Each would have a simulator of its own on one port, and they would answer in turn.
    ...(config.isSimulated ? [NO_WECHAT] : []),
    ...(config.hasDevSecret ? [NO_SECRET] : []),
  ]
  if (problems.length > 0) throw new ConfigError(problems)
}

const NESTED: ConfigProblem = {
  name: 'WORKERS',
  problem:
    'must be 1 in a cluster of somebody else, such as PM2’s: run one process there (exec_mode: fork) and let WORKERS have the others, or let PM2 have them (instances) and leave WORKERS out',
}

const NOT_SHARED: ConfigProblem = {
  name: 'DATABASE_URL',
  problem:
    'must be a database that processes can share, not memory:, in a cluster of somebody else, such as PM2’s (exec_mode: fork is none)',
}

const NO_WECHAT: ConfigProblem = {
  name: 'WX_APPID, WX_SECRET',
  problem:
    'must be set in a cluster of somebody else, such as PM2’s, whose processes cannot share one simulator (exec_mode: fork is none)',
}

const NO_SECRET: ConfigProblem = {
  name: 'JWT_SECRET',
  problem:
    'must be set in a cluster of somebody else, such as PM2’s, where each process would make its own: openssl rand -base64 48',
}
