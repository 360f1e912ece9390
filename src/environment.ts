import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { ConfigError, type ConfigProblem, checkSettings, type LoginSettings } from './config'
import type { LogFormat } from './log'

/** How the standalone server runs, around the login settings that it shares with the library. */
export interface ServerConfig {
  readonly production: boolean
  readonly port: number
  readonly host: string | undefined
  readonly trustProxy: false | number | readonly string[]
  /** Processes on this machine. */
  readonly workers: number
  readonly logFormat: LogFormat
  /** How long the server serves on after SIGTERM, with `/readyz` at 503, in milliseconds. */
  readonly prestopMs: number
  /** Settings for `checkSettings`; what development may leave out is still missing here. */
  readonly settings: Partial<LoginSettings>
  /** Harmless oddities to tell the operator, such as a misspelt name. */
  readonly warnings: readonly string[]
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Environment names of the settings that problems are reported under. */
const ENV_NAMES: Readonly<Record<string, string>> = {
  apps: 'WX_APPID, WX_SECRET, WX_SECRET_PREVIOUS, WX_APPS',
  jwtSecret: 'JWT_SECRET',
  jwtSecretPrevious: 'JWT_SECRET_PREVIOUS',
  database: 'DATABASE_URL',
  redisUrl: 'REDIS_URL',
  wxApiBaseUrl: 'WX_API_BASE_URL',
  wxTimeoutMs: 'WX_TIMEOUT_MS',
  tokenTtlSeconds: 'TOKEN_TTL_SECONDS',
  sessionTtlSeconds: 'SESSION_TTL_SECONDS',
  rateLimit: 'RATE_LIMIT',
  internalToken: 'INTERNAL_TOKEN',
}

const SECRETS = [
  'WX_SECRET',
  'WX_SECRET_PREVIOUS',
  'WX_APPS',
  'JWT_SECRET',
  'JWT_SECRET_PREVIOUS',
  'DATABASE_URL',
  'REDIS_URL',
  'INTERNAL_TOKEN',
] as const

/** Every variable that is read; `.env.example` lists the same, and a test compares them. */
export const VARIABLES = [
  'NODE_ENV',
  'PORT',
  'HOST',
  'WX_APPID',
  'WX_SECRET',
  'WX_SECRET_PREVIOUS',
  'WX_APPS',
  'WX_API_BASE_URL',
  'WX_TIMEOUT_MS',
  'JWT_SECRET',
  'JWT_SECRET_PREVIOUS',
  'TOKEN_TTL_SECONDS',
  'SESSION_TTL_SECONDS',
  'DATABASE_URL',
  'REDIS_URL',
  'RATE_LIMIT',
  'TRUST_PROXY',
  'INTERNAL_TOKEN',
  'WORKERS',
  'LOG_FORMAT',
  'PRESTOP_MS',
] as const

/**
 * Reads the environment, each secret also from the file that `NAME_FILE` names.
 *
 * @throws ConfigError with every problem at once, by variable name, never by value
 */
export function readEnvironment(env: Environment): ServerConfig {
  const problems: ConfigProblem[] = []
  const problem = (name: string, text: string) => void problems.push({ name, problem: text })
  const get = (name: string) => env[name]?.trim() || undefined
  const secret = (name: (typeof SECRETS)[number]) => readSecret(name, get, problem)
  const integer = (name: string): number | undefined => {
    const text = get(name)
    if (text === undefined) return undefined
    return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  }

  const production = get('NODE_ENV') === 'production'
  const rateLimit = get('RATE_LIMIT') === 'off' ? 'off' : integer('RATE_LIMIT')
  const settings = {
    apps: readApps(
      {
        appid: get('WX_APPID'),
        secret: secret('WX_SECRET'),
        previous: secret('WX_SECRET_PREVIOUS'),
        json: secret('WX_APPS'),
      },
      problem,
    ),
    jwtSecret: secret('JWT_SECRET'),
    jwtSecretPrevious: secret('JWT_SECRET_PREVIOUS'),
    database: secret('DATABASE_URL'),
    redisUrl: secret('REDIS_URL'),
    wxApiBaseUrl: get('WX_API_BASE_URL'),
    wxTimeoutMs: integer('WX_TIMEOUT_MS'),
    tokenTtlSeconds: integer('TOKEN_TTL_SECONDS'),
    sessionTtlSeconds: integer('SESSION_TTL_SECONDS'),
    rateLimit,
    internalToken: secret('INTERNAL_TOKEN'),
  } as Partial<LoginSettings>

  if (production && !settings.apps && problems.every(({ name }) => !name.startsWith('WX_'))) {
    problem('WX_APPID, WX_SECRET', 'are required in production: there is no simulator there')
  }
  if (production && Object.keys(settings.apps ?? {}).some(appid => SIMULATED_APPID.test(appid))) {
    problem('WX_APPID, WX_SECRET', 'are the simulator’s: anybody could log in as anybody')
  }
  if (production && !settings.jwtSecret && problems.every(({ name }) => name !== 'JWT_SECRET')) {
    problem('JWT_SECRET', 'is required in production; make one: openssl rand -base64 48')
  }
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    problem('NODE_TLS_REJECT_UNAUTHORIZED', 'must not be 0: it would let anybody play WeChat')
  }
  const workers = integer('WORKERS') ?? 1
  if (!(workers >= 1 && workers <= 64)) problem('WORKERS', 'must be a whole number from 1 to 64')
  if (workers > 1 && settings.database === 'memory:') {
    problem('WORKERS', 'needs a database that processes can share, not memory:')
  }
  const port = integer('PORT') ?? 3000
  if (!(port <= 65_535)) problem('PORT', 'must be a whole number from 0 to 65535')
  const logFormat = get('LOG_FORMAT') ?? (production ? 'json' : 'dev')
  if (logFormat !== 'dev' && logFormat !== 'json') problem('LOG_FORMAT', 'must be dev or json')
  const prestopMs = integer('PRESTOP_MS') ?? (production ? 3000 : 0)
  if (!(prestopMs <= 60_000)) problem('PRESTOP_MS', 'must be a whole number from 0 to 60000')
  const trustProxy = readTrustProxy(get('TRUST_PROXY'), problem)

  problems.push(...problemsIn(settings))
  if (problems.length > 0) throw new ConfigError(problems)
  return Object.freeze({
    production,
    port,
    host: get('HOST'),
    trustProxy,
    workers,
    logFormat: logFormat as LogFormat,
    prestopMs,
    settings,
    warnings: [...oddities(settings), ...misspelt(env)],
  })
}

/** The appid that the simulator has by itself, and that no real mini program can have. */
const SIMULATED_APPID = /^wx0+$/

type Report = (name: string, problem: string) => void

function readSecret(
  name: string,
  get: (name: string) => string | undefined,
  problem: Report,
): string | undefined {
  const file = get(`${name}_FILE`)
  if (file === undefined) return get(name)
  if (get(name) !== undefined) {
    problem(name, `is set twice, as ${name} and as ${name}_FILE; keep one`)
    return undefined
  }
  try {
    const text = readFileSync(file, 'utf8').trim()
    if (text !== '') return text
    problem(`${name}_FILE`, 'names an empty file')
  } catch (error) {
    problem(`${name}_FILE`, `cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  return undefined
}

type Apps = LoginSettings['apps']

function readApps(
  given: Readonly<Record<'appid' | 'secret' | 'previous' | 'json', string | undefined>>,
  problem: Report,
): Apps | undefined {
  const { appid, secret, previous, json } = given
  if (json !== undefined) {
    if (appid || secret || previous) {
      problem('WX_APPS', 'is set beside WX_APPID or WX_SECRET; keep one of both')
    }
    try {
      const apps: unknown = JSON.parse(json)
      if (typeof apps === 'object' && apps !== null && !Array.isArray(apps)) {
        return apps as Apps
      }
    } catch {
      // Reported below without the parser's text, which quotes the value.
    }
    problem('WX_APPS', 'must be JSON like {"wx…appid…":"…AppSecret…"}')
    return undefined
  }
  if (appid && secret) return { [appid]: previous ? [secret, previous] : secret }
  if (secret) problem('WX_APPID', 'is missing beside WX_SECRET')
  else if (appid) problem('WX_SECRET', 'is missing beside WX_APPID')
  else if (previous) problem('WX_SECRET', 'is missing beside WX_SECRET_PREVIOUS')
  return undefined
}

function readTrustProxy(text: string | undefined, problem: Report): ServerConfig['trustProxy'] {
  if (text === undefined || text === 'off') return false
  if (/^\d{1,2}$/.test(text)) return Number(text)
  const list = text.split(',').map(part => part.trim())
  const known = ['loopback', 'linklocal', 'uniquelocal']
  const valid = list.every(part => {
    const [address = '', prefix] = part.split('/')
    const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
    const fits = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)
    return known.includes(part) || (bits > 0 && fits)
  })
  if (valid) return list
  problem(
    'TRUST_PROXY',
    'must be off, a number of hops, or a list of CIDR ranges like 10.0.0.0/8 (never “true”: anybody could then pretend any address)',
  )
  return false
}

/** Runs the shared check for problems only; what development fills in later stands in meanwhile. */
function problemsIn(settings: Partial<LoginSettings>): ConfigProblem[] {
  const standIn = { apps: { standin: '0a1b2c3d4e5f6071' }, jwtSecret: STAND_IN_SECRET }
  const given = Object.fromEntries(Object.entries(settings).filter(([, v]) => v !== undefined))
  try {
    checkSettings({ ...standIn, ...given } satisfies LoginSettings)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ name, problem }) => ({ name: ENV_NAMES[name] ?? name, problem }))
  }
}

/** Only ever checked, never used: the caller refuses or fills in what is missing. */
const STAND_IN_SECRET = 'k9Q2vXr7LmZ4tWc8NpB1yHs6DgJ3fUa5EiRo0KxT'

function oddities({ apps, wxApiBaseUrl }: Partial<LoginSettings>): string[] {
  if (!wxApiBaseUrl) return []
  if (!apps) return ['WX_API_BASE_URL is not used: without WX_APPID the simulator answers']
  return wxApiBaseUrl.startsWith('http:')
    ? ['WX_API_BASE_URL is not https: right for a simulator or a proxy on this machine only']
    : []
}

function misspelt(env: Environment): string[] {
  const known = new Set<string>([...VARIABLES, ...SECRETS.map(name => `${name}_FILE`)])
  return Object.keys(env)
    .filter(name => /^(WX|JWT|TOKEN_TTL|SESSION_TTL|RATE_LIMIT|TRUST_PROXY)/.test(name))
    .filter(name => !known.has(name))
    .map(name => `${name} is not a name this service reads; see .env.example`)
}
