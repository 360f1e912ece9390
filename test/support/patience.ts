import { PATIENCE, type Patience } from '../../src/patience'

const FACTOR = 20

/**
 * Deadlines whose passing changes what a caller sees. The pauses between two attempts stay as they
 * are: a longer pause makes no outcome more certain.
 */
const DEADLINES = [
  'storeMs',
  'readinessMs',
  'startMs',
  'migrationConnectMs',
  'sqliteReadMs',
  'sqliteWriteMs',
  'sqliteBatchMs',
  'sqliteCommitMs',
  'redisConnectMs',
  'redisPingMs',
  'redisSilenceMs',
  'redisSentinelMs',
  'claimGraceMs',
  'hookMs',
  'counterMs',
  'leaseMs',
  'lagMs',
  'headersMs',
  'requestMs',
  'surplusMs',
  'drainMs',
  'lastResortMs',
  'flushMs',
] as const satisfies readonly (keyof Patience)[]

/**
 * Every service and every server process of the tests has this patience, so that a busy machine
 * changes no outcome. A test about one deadline gives a short one for that deadline alone.
 */
export const STRETCHED: Patience = Object.freeze({
  ...PATIENCE,
  // A test looks right after it has changed something.
  readinessKeptMs: 0,
  ...Object.fromEntries(DEADLINES.map(name => [name, PATIENCE[name] * FACTOR])),
})

/** The same for WeChat's deadline, which is an option (`wxTimeoutMs`, `WX_TIMEOUT_MS`). */
export const STRETCHED_WX_TIMEOUT_MS = 30_000
