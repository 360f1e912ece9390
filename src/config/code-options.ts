import { z } from 'zod'
import type { LoginEvent } from '../events'
import type { Log, LogFormat } from '../log'
import { PATIENCE, type Patience } from '../patience'
import type { LoginHooks } from './login-hooks'
import type { Option } from './option'
import type { LoginSettings } from './options'
import { callback, strict, whole } from './schemas'
import { SERVER_OPTIONS } from './server-options'

/** What `createLogin` takes: settings, and what only code can give. */
export interface LoginOptions extends LoginSettings {
  /** Where everything is told. Default: JSON lines of every level on standard error. */
  log?: Log | undefined
  /** The clock, in milliseconds since 1970. Default `Date.now`. */
  now?: (() => number) | undefined
  /** Count logins in the store, because several processes on this machine share it. Default false. */
  sharedLimits?: boolean | undefined
  /** What the host does in the middle of a login. */
  hooks?: LoginHooks | undefined
  /**
   * The name under which guards put who is asking on a request. Default `login`, a name that Passport
   * owns, too.
   */
  property?: string | undefined
  /** Hears every event of docs/events.md, after the fact. Its fault or its slowness disturbs nobody. */
  onEvent?: ((event: LoginEvent) => unknown) | undefined
  /** Deadlines and pauses other than the usual ones; for tests. */
  patience?: Partial<Patience> | undefined
  /** While it answers true, `/readyz` answers 503 so that a load balancer looks elsewhere. Default: never. */
  isDraining?: (() => boolean) | undefined
}

/** What `createApp` takes. */
export interface AppOptions extends LoginOptions {
  /** Express's `trust proxy`: a number of hops or a list of CIDR ranges. Default off. */
  trustProxy?: false | number | readonly string[] | undefined
  /** One line a request: `dev` for people, `json` for machines. Default: none. */
  requestLog?: { format: LogFormat; write: (line: string) => void } | undefined
}

const isLog = (log: unknown): boolean =>
  ['info', 'warn', 'error'].every(
    name => typeof (log as Readonly<Record<string, unknown>> | null)?.[name] === 'function',
  )

/** The options of `createLogin` that no variable can hold. Compared with `LoginOptions` at the end. */
export const CODE_OPTIONS = {
  log: {
    group: 'code',
    schema: z
      .custom<Log>(isLog, { error: 'must have the functions info, warn and error' })
      .optional(),
    unset: { zh: '标准错误，JSON 行', en: 'standard error, JSON lines' },
    words: { zh: '一切事件写到哪里', en: 'where everything is told' },
  },
  now: {
    group: 'code',
    schema: callback<() => number>().default(() => Date.now),
    unset: { zh: '`Date.now`', en: '`Date.now`' },
    words: { zh: '时钟，1970 年以来的毫秒', en: 'the clock, in milliseconds since 1970' },
  },
  isDraining: {
    group: 'code',
    schema: callback<() => boolean>().default(() => () => false),
    unset: { zh: '从不', en: 'never' },
    words: {
      zh: '返回 true 时 `/readyz` 为 503，让负载均衡器改走别处',
      en: 'while it answers true, `/readyz` answers 503 and a load balancer looks elsewhere',
    },
  },
  hooks: {
    group: 'code',
    schema: strict({
      beforeLogin: callback<NonNullable<LoginHooks['beforeLogin']>>().optional(),
      afterLogin: callback<NonNullable<LoginHooks['afterLogin']>>().optional(),
    }).default({}),
    unset: { zh: '无', en: 'none' },
    words: {
      zh: '`{beforeLogin, afterLogin}`：登录中间的钩子，见 [docs/library.md](docs/library.md#钩子--hooks)',
      en: '`{beforeLogin, afterLogin}`: hooks in the middle of a login, see [docs/library.md](docs/library.md#钩子--hooks)',
    },
  },
  property: {
    group: 'code',
    schema: z
      .string()
      .regex(/^[A-Za-z_$][\w$]{0,63}$/, {
        error: 'must be a name that JavaScript takes, like "auth"',
      })
      .default('login'),
    words: {
      zh: '守卫把来者放在 `req` 的哪个名字下；用 Passport 时换一个',
      en: 'the name on `req` under which guards put who is asking; choose another one beside Passport',
    },
  },
  onEvent: {
    group: 'code',
    schema: callback<(event: LoginEvent) => unknown>().optional(),
    words: {
      zh: '事后听到每个[事件](docs/events.md)',
      en: 'hears every [event](docs/events.md), after the fact',
    },
  },
  sharedLimits: {
    group: 'code',
    schema: z.boolean({ error: 'must be true or false' }).default(false),
    words: {
      zh: '本机多个进程共用数据库时，在库里计数',
      en: 'count logins in the store, because several processes on this machine share it',
    },
  },
  patience: {
    group: 'code',
    schema: strict(patienceShape()).default({}),
    unset: { zh: '见 `src/patience.ts`', en: 'see `src/patience.ts`' },
    words: {
      zh: '各种时限与停顿，毫秒，供测试用',
      en: 'deadlines and pauses in milliseconds, for tests',
    },
  },
} as const satisfies {
  [Name in Exclude<keyof LoginOptions, keyof LoginSettings>]-?: Option<LoginOptions[Name]>
}

/** What `createApp` takes on top. */
export const APP_OPTIONS = {
  trustProxy: SERVER_OPTIONS.trustProxy,
  requestLog: {
    group: 'code',
    schema: strict({
      format: z.enum(['dev', 'json'], { error: 'must be dev or json' }),
      write: callback<(line: string) => void>(),
    }).optional(),
    words: {
      zh: '仅 `createApp`：`{format, write}`，每个请求一行',
      en: '`createApp` only: `{format, write}`, one line a request',
    },
  },
} as const satisfies {
  [Name in Exclude<keyof AppOptions, keyof LoginOptions>]-?: Option<AppOptions[Name]>
}

function patienceShape() {
  // `exactOptional` refuses undefined. Spread over the defaults, it would replace a deadline.
  const ms = z.exactOptional(whole(0, 2 ** 31 - 1))
  return Object.fromEntries(Object.keys(PATIENCE).map(name => [name, ms])) as Record<
    keyof Patience,
    typeof ms
  >
}
