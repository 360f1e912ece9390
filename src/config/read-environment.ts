import { checkTogether, checkValues, type Report } from './check-values'
import { type Config, completeConfig } from './config'
import { ConfigError, type ConfigProblem } from './config-error'
import { devSecret } from './dev-secret'
import { reportEqualSecrets } from './equal-secrets'
import { findMisspelt } from './misspelt-variables'
import type { OptionTable, ValuesOf } from './option'
import { SETTINGS } from './options'
import { reportUnsafe } from './production'
import { readApps } from './read-apps'
import { type Environment, readVariables } from './read-variables'
import { signingSecret } from './schemas'
import { SERVER_OPTIONS } from './server-options'
import { reportSimulator } from './simulated'
import { OPTIONS } from './variables'
import { warningsOfSimulator, warningsOfWay } from './way-to-wechat'
import { chosenProxy } from './wx-proxy'

/** How the standalone server runs: complete, checked, frozen. */
export interface ServerConfig {
  readonly production: boolean
  /** The options of the process alone, such as its port. */
  readonly server: ValuesOf<typeof SERVER_OPTIONS>
  /** The settings that the server shares with the library. */
  readonly login: Config
  /** True where no credentials were given and the simulator stands in for WeChat. */
  readonly isSimulated: boolean
  /** True where no signing secret was given and one of this machine stands in. */
  readonly hasDevSecret: boolean
  /** Harmless oddities to tell the operator, such as a variable that is not read. */
  readonly warnings: readonly string[]
}

/** The mini program that the simulator has by itself. */
export interface SimulatedApp {
  readonly appid: string
  readonly secret: string
}

/** Where a server listens on which anybody may log in as anybody, unless `HOST` says otherwise. */
const LOOPBACK = '127.0.0.1'

/** Development may go without a signing secret: one is made once everything else is right. */
const SETTINGS_OF_ENVIRONMENT = {
  ...SETTINGS,
  jwtSecret: { ...SETTINGS.jwtSecret, schema: signingSecret.optional() },
}

/**
 * Reads the environment and checks all of it, once. What development may leave out is filled in:
 * the simulator's app, and a signing secret that is kept beside the database.
 *
 * @param secretBeside gives the signing secret where none is set; by default it makes and keeps one
 * @throws ConfigError with every problem at once, by variable name, never by value
 */
export function readEnvironment(
  env: Environment,
  simulated: SimulatedApp,
  secretBeside = devSecret,
): ServerConfig {
  const problems: ConfigProblem[] = []
  const report: Report = (name, problem) =>
    void problems.push({ name: variableOf(name, env), problem })
  const { refused, warnings } = findMisspelt(env)
  for (const { name, meant } of refused) report(name, `is not read; is ${meant} meant?`)

  const given = readVariables(OPTIONS, env, report)
  const production = isProduction(given.nodeEnv)
  const apps = readApps(given, report)
  reportUnsafe({ production, apps, given, env, problems }, report)
  const settings = { docs: docsOf(production), ...given, apps: apps ?? appsOf(simulated) }
  const values = checkValues(SETTINGS_OF_ENVIRONMENT, settings, report)
  const isSimulated = apps === undefined
  const defaults = defaultsOfServer(production, isSimulated)
  const server = checkValues(SERVER_OPTIONS, { ...defaults, ...given }, report)
  checkTogether(values, report)
  const { appSecret, appSecretPrevious } = given
  const secrets = { ...values, apps: given.apps && values.apps, appSecret, appSecretPrevious }
  reportEqualSecrets(OPTIONS, secrets, report, name => variableOf(name, env))
  reportSimulator({ production, apps, given, problems }, report)
  reportLoneMemory(server.workers, values.database, report)
  const wxProxy = isSimulated ? 'off' : chosenProxy(values, env, report)
  if (problems.length > 0) throw new ConfigError(problems)

  const ways = isSimulated ? warningsOfSimulator(given) : warningsOfWay(values, given, env)
  const jwtSecret = values.jwtSecret ?? secretBeside(values.database)
  return Object.freeze({
    production,
    server: Object.freeze(server),
    login: completeConfig({ ...values, wxProxy, jwtSecret }),
    isSimulated,
    hasDevSecret: values.jwtSecret === undefined,
    warnings: [...warnings, ...ways],
  })
}

function appsOf({ appid, secret }: SimulatedApp): Record<string, string> {
  return { [appid]: secret }
}

/** A library, whose host may have a `/docs` of its own, has no documents unless it asks for them. */
function docsOf(production: boolean): 'on' | 'off' {
  return production ? 'off' : 'on'
}

function reportLoneMemory(workers: number, database: string, report: Report): void {
  if (workers > 1 && database === 'memory:') {
    report('workers', 'needs a database that processes can share, not memory:')
  }
}

/** A word that is refused counts as production: every problem of a misspelt one is told at once. */
function isProduction(nodeEnv: unknown): boolean {
  return nodeEnv !== undefined && nodeEnv !== 'development' && nodeEnv !== 'test'
}

/** The variable under which an operator knows an option. What is no option's name is a variable's. */
function variableOf(name: string, env: Environment): string {
  if (name === 'apps' && !env.WX_APPS?.trim() && !env.WX_APPS_FILE?.trim()) {
    return 'WX_APPID, WX_SECRET'
  }
  return (OPTIONS as OptionTable)[name]?.env ?? name
}

/** Defaults of the process that are others than the table's own. */
function defaultsOfServer(production: boolean, isSimulated: boolean): Record<string, unknown> {
  const inProduction = Object.entries(SERVER_OPTIONS as OptionTable).flatMap(
    ([name, { productionDefault }]) =>
      production && productionDefault !== undefined ? [[name, productionDefault] as const] : [],
  )
  const host = isSimulated ? { host: LOOPBACK } : {}
  return { ...Object.fromEntries(inProduction), ...host }
}
