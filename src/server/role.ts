import cluster from 'node:cluster'
import type { Environment } from '../config/read-variables'

/**
 * How the first process tells its workers where the simulator is, empty without one. By its presence
 * a worker knows that it is one of ours.
 */
export const SIMULATOR_URL = 'MINIPROGRAM_LOGIN_SIMULATOR_URL'

/**
 * `first`: the process that was started. `worker`: one of those that it started, for `WORKERS`.
 * `guest`: a worker of somebody else's cluster, such as PM2's, who stops it and takes what it writes
 * to `process.stdout`.
 */
export type Role = 'first' | 'worker' | 'guest'

export function roleOf(env: Environment, isClusterWorker = cluster.isWorker): Role {
  if (!isClusterWorker) return 'first'
  return env[SIMULATOR_URL] === undefined ? 'guest' : 'worker'
}
