import { createStderrLog, type Log } from '../log'
import { PATIENCE, type Patience } from '../patience'
import { isPlainHttp } from './base-url'
import { checkTogether, checkValues, type Report } from './check-values'
import { APP_OPTIONS, type AppOptions, CODE_OPTIONS, type LoginOptions } from './code-options'
import { type Config, completeConfig } from './config'
import { ConfigError, type ConfigProblem } from './config-error'
import { reportEqualSecrets } from './equal-secrets'
import type { LoginHooks } from './login-hooks'
import { closestHint } from './near-names'
import type { OptionTable, ValuesOf } from './option'
import { SETTINGS } from './options'
import { secretsOf } from './secrets-of'
import { PLAIN_HTTP } from './way-to-wechat'
import { chosenProxy } from './wx-proxy'

const LOGIN_OPTIONS = { ...SETTINGS, ...CODE_OPTIONS }

/** Checked options, ready to build a login service from. */
export interface CheckedLoginOptions {
  readonly config: Config
  readonly log: Log
  readonly now: () => number
  readonly hooks: LoginHooks
  readonly property: string
  readonly onEvent?: LoginOptions['onEvent']
  readonly isDraining: () => boolean
  readonly sharedLimits: boolean
  /** Whether connections have run out. The server's own: no option tells it. */
  readonly isShort: () => boolean
  /** Whether nobody is real, so that /metrics is open. The server's own: a library cannot know. */
  readonly isDevelopment: boolean
  /** Connections to WeChat at one time. The server's own; left out, the client decides. */
  readonly maxUpstreamSockets?: number
  readonly patience: Patience
}

/** Checked options, ready to build the standalone app from. */
export interface CheckedAppOptions
  extends CheckedLoginOptions,
    Readonly<ValuesOf<typeof APP_OPTIONS>> {}

/**
 * Checks the options of `createLogin`.
 *
 * @throws ConfigError with every problem at once
 */
export function checkLoginOptions(options: LoginOptions): CheckedLoginOptions {
  return completed(checkAll(LOGIN_OPTIONS, options, APP_OPTIONS))
}

/**
 * Checks the options of `createApp`.
 *
 * @throws ConfigError with every problem at once
 */
export function checkAppOptions(options: AppOptions): CheckedAppOptions {
  const values = checkAll({ ...LOGIN_OPTIONS, ...APP_OPTIONS }, options)
  const { trustProxy, requestLog } = values
  return { ...completed(values), trustProxy, requestLog }
}

function completed(values: ValuesOf<typeof LOGIN_OPTIONS>): CheckedLoginOptions {
  const { log, now, hooks, property, onEvent, isDraining, sharedLimits, patience, ...settings } =
    values
  const config = completeConfig(settings)
  const told = log ?? createStderrLog(secretsOf(config))
  if (isPlainHttp(config.wxApiBaseUrl)) told.warn('configuration', { warning: PLAIN_HTTP })
  return {
    config,
    log: told,
    now,
    hooks,
    property,
    onEvent,
    isDraining,
    sharedLimits,
    isShort: () => false,
    isDevelopment: false,
    patience: { ...PATIENCE, ...(patience as Partial<Patience>) },
  }
}

function checkAll<T extends typeof LOGIN_OPTIONS>(
  table: T,
  options: LoginOptions,
  elsewhere: OptionTable = {},
): ValuesOf<T> {
  const problems: ConfigProblem[] = []
  const report: Report = (name, problem) => void problems.push({ name, problem })
  reportUnknown(options, table, elsewhere, report)
  const values = checkValues(table, { ...options }, report)
  checkTogether(values, report)
  reportEqualSecrets(table, values, report)
  const wxProxy = chosenProxy(values, process.env, report)
  if (problems.length > 0) throw new ConfigError(problems)
  // The host's own object, not a checked copy: its hooks may be methods that need their `this`.
  return { ...values, wxProxy, hooks: options.hooks ?? values.hooks }
}

/** An option that does not exist would be ignored in silence, and its misspelt owner with it. */
function reportUnknown(
  options: object,
  table: OptionTable,
  elsewhere: OptionTable,
  report: Report,
): void {
  const known = Object.keys(table)
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(table, name)) continue
    const isElsewhere = Object.hasOwn(elsewhere, name)
    const hint = isElsewhere ? ' of createLogin; createApp takes it' : closestHint(name, known)
    report(name, `is not an option${hint}`)
  }
}
