import type { Report } from './check-values'
import type { ConfigProblem } from './config-error'

/** What decides whether the simulator may stand in for WeChat. */
export interface SimulatorStart {
  readonly production: boolean
  /** The mini programs that were named, if any: the simulator answers only without them. */
  readonly apps: unknown
  readonly given: Readonly<Record<string, unknown>>
  /** What is known to be wrong already: it is not told twice. */
  readonly problems: readonly ConfigProblem[]
}

/**
 * Reports a simulator where real users are, or where nobody knows that there are none: a deployment
 * that lost its credentials keeps its PostgreSQL, its Redis or its internal token.
 */
export function reportSimulator(start: SimulatorStart, report: Report): void {
  const { production, apps, given, problems } = start
  const isWanted = given.wxSimulator === 'on'
  if (production) {
    if (isWanted)
      report(
        'wxSimulator',
        'is refused in production, where anybody could log in as anybody: leave it out',
      )
    return
  }
  if (apps !== undefined) {
    if (isWanted) report('wxSimulator', 'is on beside WX_APPID or WX_APPS; keep one of both')
    return
  }
  const beside = signsOfUsers(given)
  const isTold = problems.some(({ name }) => /^WX_(APP|SECRET)/.test(name))
  if (isWanted || isTold || beside.length === 0) return
  report(
    'WX_APPID, WX_SECRET',
    `are missing beside ${beside.join(', ')}, and the simulator would let anybody in as anybody; set them, or WX_SIMULATOR=on if that is meant`,
  )
}

function signsOfUsers({ database, redisUrl, internalToken }: SimulatorStart['given']): string[] {
  const isServer = database !== undefined && !/^(sqlite|memory):/.test(String(database))
  return [
    ...(isServer ? ['DATABASE_URL'] : []),
    ...(redisUrl !== undefined ? ['REDIS_URL'] : []),
    ...(internalToken !== undefined ? ['INTERNAL_TOKEN'] : []),
  ]
}
