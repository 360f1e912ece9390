import type { Report } from './check-values'
import type { ConfigProblem } from './config-error'
import type { Environment } from './read-variables'

export interface Start {
  readonly production: boolean
  /** The mini programs that were named, if any. */
  readonly apps: unknown
  readonly given: Readonly<Record<string, unknown>>
  readonly env: Environment
  /** What is known to be wrong already: it is not told twice. */
  readonly problems: readonly ConfigProblem[]
}

/** The simulator's own appid, which no real mini program can have. */
const SIMULATED_APPID = /^wx0+$/

/** Whether one of the apps is the simulator's, whose secret everybody knows. */
export function hasSimulatedApp(appids: Iterable<string>): boolean {
  return [...appids].some(appid => SIMULATED_APPID.test(appid))
}

/** Reports what would let anybody in: a production without credentials, or a WeChat unproved by TLS. */
export function reportUnsafe({ production, apps, given, env, problems }: Start, report: Report) {
  const isTold = (beginning: string) => problems.some(({ name }) => name.startsWith(beginning))
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    report(
      'NODE_TLS_REJECT_UNAUTHORIZED',
      'must not be 0: it would let anybody play WeChat; leave it out, and name an authority of your own by NODE_EXTRA_CA_CERTS',
    )
  }
  if (!production) return
  if (apps === undefined && !isTold('WX_')) {
    report(
      'WX_APPID, WX_SECRET',
      'are required in production, where there is no simulator: set both as the mini program’s console has them',
    )
  }
  if (hasSimulatedApp(Object.keys(Object(apps)))) {
    report(
      'WX_APPID, WX_SECRET',
      'are the simulator’s: anybody could log in as anybody; set those of a mini program of your own',
    )
  }
  if (given.jwtSecret === undefined && !isTold('JWT_SECRET')) {
    report('JWT_SECRET', 'is required in production; make one: openssl rand -base64 48')
  }
}
