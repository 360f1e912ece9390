import { z } from 'zod'
import { problemWithDatabaseUrl } from './database-url'
import { problemWithRedisUrl } from './redis-url'
import { isPlaceholder, weaknessOf } from './secret-strength'

/** What `createLogin` takes. Times are whole numbers in the unit that the name ends with. */
export interface LoginSettings {
  /**
   * Mini programs, appid to AppSecret, or to the current one and the previous one around a reset:
   * when WeChat refuses one of them (40125), the other is tried. The first app is used where a
   * login names no appid.
   */
  apps: Readonly<Record<string, string | readonly [current: string, previous: string]>>
  /** Signs tokens and seals session_keys; 32 bytes or more. Make one: `openssl rand -base64 48`. */
  jwtSecret: string
  /** The other secret of a rotation, older or newer: verifies and opens, signs nothing. */
  jwtSecretPrevious?: string | undefined
  /** `sqlite:<file>`, `postgres://…`, `mysql://…` or `memory:`. Default `sqlite:./data/login.db`. */
  database?: string | undefined
  /**
   * `redis://…`, `redis+sentinel://…/<name>` or `redis+cluster://…` (`rediss…` for TLS): sessions,
   * login codes, counters and access_tokens go there, users stay in the database. Default: all in the database.
   */
  redisUrl?: string | undefined
  /** Where WeChat answers. Default `https://api.weixin.qq.com`. */
  wxApiBaseUrl?: string | undefined
  /** Total deadline of one call to WeChat, 100 to 60000. Default 5000. */
  wxTimeoutMs?: number | undefined
  /** Life of a token, 60 to 2592000. Default 7200. */
  tokenTtlSeconds?: number | undefined
  /** Absolute life of a session, however often refreshed; up to 30 days. Default 2592000. */
  sessionTtlSeconds?: number | undefined
  /** Logins a minute from one IP address, or `off`. Default 600. */
  rateLimit?: number | 'off' | undefined
  /**
   * What a gateway sends as `X-Internal-Token` to see openid and unionid on `/verify`, and another
   * service to get an access_token. Without it `/internal/…` does not exist.
   */
  internalToken?: string | undefined
}

/** Checked settings: complete, frozen. */
export interface Config {
  /** appid to its AppSecrets, the current one first. */
  readonly apps: ReadonlyMap<string, readonly string[]>
  readonly defaultAppid: string
  readonly jwtSecret: string
  readonly jwtSecretPrevious: string | undefined
  readonly database: string
  readonly redisUrl: string | undefined
  readonly wxApiBaseUrl: string
  readonly wxTimeoutMs: number
  readonly tokenTtlSeconds: number
  readonly sessionTtlSeconds: number
  readonly rateLimit: number | 'off'
  readonly internalToken: string | undefined
}

export interface ConfigProblem {
  /** The option or environment variable at fault. */
  readonly name: string
  /** What is wrong and what would be right; never the value. */
  readonly problem: string
}

/** Thrown once with every problem found, by name, never by value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ name, problem }) => `  ${name}: ${problem}`)
    super(`the configuration has ${problems.length} problem(s)\n${lines.join('\n')}`)
    this.problems = problems
  }
}

const DAY = 86_400

const whole = (from: number, to: number) => {
  const error = `must be a whole number from ${from} to ${to}`
  return z.int({ error }).min(from, { error }).max(to, { error })
}

const WRONG_APP =
  'an appid or AppSecret is malformed or a placeholder, or the current and the previous AppSecret are the same'

const signingSecret = z.string({ error: 'must be a string of at least 32 bytes' }).check(ctx => {
  const weakness = weaknessOf(ctx.value)
  if (weakness) ctx.issues.push({ code: 'custom', message: weakness, input: undefined })
})

const appSecret = z
  .string()
  .regex(/^[\x21-\x7e]{16,128}$/)
  .refine(secret => !isPlaceholder(secret))

const appSecrets = z.union([
  appSecret.transform(secret => [secret]),
  z.tuple([appSecret, appSecret]).refine(([current, previous]) => current !== previous),
])

const settings = z
  .object({
    apps: z
      .record(z.string().regex(/^[\w-]{6,64}$/), appSecrets, {
        error: `must map each appid (wx…) to its AppSecret from the mini program’s console; ${WRONG_APP}`,
      })
      .refine(apps => Object.keys(apps).length > 0, {
        error: 'must name at least one mini program',
      }),
    jwtSecret: signingSecret,
    jwtSecretPrevious: signingSecret.optional(),
    database: z.string().default('sqlite:./data/login.db').superRefine(databaseIsKnown),
    redisUrl: z.string().superRefine(redisIsKnown).optional(),
    wxApiBaseUrl: z.string().default('https://api.weixin.qq.com').superRefine(baseUrlIsSafe),
    wxTimeoutMs: whole(100, 60_000).default(5000),
    tokenTtlSeconds: whole(60, 30 * DAY).default(7200),
    sessionTtlSeconds: whole(60, 30 * DAY).default(30 * DAY),
    rateLimit: z
      .union([z.literal('off'), whole(1, 1_000_000)], {
        error: 'must be a whole number from 1 to 1000000, or off',
      })
      .default(600),
    internalToken: z
      .string()
      .regex(/^[\x21-\x7e]{32,256}$/, { error: 'must be 32 to 256 visible ASCII characters' })
      .refine(token => !isPlaceholder(token), { error: 'looks like a placeholder' })
      .optional(),
  })
  .superRefine((value, ctx) => {
    if (value.tokenTtlSeconds > value.sessionTtlSeconds) {
      const message = 'must not be longer than the session’s life (sessionTtlSeconds)'
      ctx.addIssue({ code: 'custom', path: ['tokenTtlSeconds'], message })
    }
    if (value.jwtSecretPrevious === value.jwtSecret) {
      const message = 'is the same as the current secret; leave it out when nothing was rotated'
      ctx.addIssue({ code: 'custom', path: ['jwtSecretPrevious'], message })
    }
  })

/**
 * Checks settings whole and freezes them.
 *
 * @throws ConfigError with every problem at once
 */
export function checkSettings(input: LoginSettings): Config {
  const result = settings.safeParse(input)
  if (!result.success) throw new ConfigError(problemsOf(result.error))
  const { apps, ...rest } = result.data
  const defaultAppid = Object.keys(apps)[0] as string
  return Object.freeze({
    jwtSecretPrevious: undefined,
    redisUrl: undefined,
    internalToken: undefined,
    ...rest,
    apps: new Map(Object.entries(apps)),
    defaultAppid,
  })
}

/** The values that must never appear in a log. */
export function secretsOf(config: Config): string[] {
  const { apps, jwtSecret, jwtSecretPrevious, internalToken, database, redisUrl } = config
  return [
    ...[...apps.values()].flat(),
    jwtSecret,
    jwtSecretPrevious,
    internalToken,
    redisUrl,
    ...passwordsOf(database),
    ...passwordsOf(redisUrl),
  ].filter(secret => secret !== undefined)
}

/** Shorter ones would also be found in words that are no secret. */
const SHORTEST_PASSWORD = 6

/** The password in a URL, as it is written there and as a driver would show it. */
function passwordsOf(url: string | undefined): string[] {
  if (url === undefined || !URL.canParse(url)) return []
  const { password } = new URL(url)
  const written = [password, decoded(password)]
  return [...new Set(written)].filter(({ length }) => length >= SHORTEST_PASSWORD)
}

/** A percent sign that begins no escape stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function problemsOf(error: z.ZodError): ConfigProblem[] {
  const seen = new Map<string, string>()
  for (const issue of error.issues) {
    const name = String(issue.path[0] ?? 'options')
    // Below `apps` a path ends in an appid and a message may quote it: one fixed sentence instead.
    const problem =
      name === 'apps' && issue.path.length > 1
        ? `${WRONG_APP}; take them from the mini program’s console`
        : issue.message
    if (!seen.has(name)) seen.set(name, problem)
  }
  return [...seen].map(([name, problem]) => ({ name, problem }))
}

function databaseIsKnown(url: string, ctx: z.RefinementCtx): void {
  const message = problemWithDatabaseUrl(url)
  if (message) ctx.addIssue({ code: 'custom', message })
}

function redisIsKnown(url: string, ctx: z.RefinementCtx): void {
  const message = problemWithRedisUrl(url)
  if (message) ctx.addIssue({ code: 'custom', message })
}

function baseUrlIsSafe(text: string, ctx: z.RefinementCtx): void {
  const fail = (message: string) => ctx.addIssue({ code: 'custom', message })
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url) return fail('must be a URL like https://api.weixin.qq.com')
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
    return fail('must be https (http only on this machine): the AppSecret travels in its query')
  }
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password) {
    return fail('must be a scheme and a host only, like https://api.weixin.qq.com')
  }
  if (text.endsWith('/')) fail(`must not end with a slash`)
}
