import { IDENTITY_OPTIONS, type IdentitySettings } from './identity-options'
import type { Option } from './option'
import {
  type Apps,
  adoptUsers,
  apps,
  databaseUrl,
  docs,
  internalToken,
  privateKey,
  rateLimit,
  redisPrefix,
  redisUrl,
  signingSecret,
  tablePrefix,
  whole,
  wholeNumber,
} from './schemas'
import { WAY_OPTIONS, type WaySettings } from './way-options'

/** What `createLogin` takes of plain data. Times are whole numbers in the unit that the name ends with. */
export interface LoginSettings extends IdentitySettings, WaySettings {
  /**
   * Mini programs, appid to AppSecret, or to the current one and the previous one around a reset:
   * when WeChat refuses one of them (40125), the other is tried. The first app is used where a
   * login names no appid.
   */
  apps: Apps
  /** Signs tokens and seals session_keys; 32 bytes or more. Make one: `openssl rand -base64 48`. */
  jwtSecret: string
  /** The other secret of a rotation, older or newer: verifies and opens, signs nothing. */
  jwtSecretPrevious?: string | undefined
  /**
   * A private key in PEM on the curve P-256: tokens are then signed by ES256, and other services can
   * verify them with what `/.well-known/jwks.json` publishes. `jwtSecret` goes on sealing.
   */
  jwtPrivateKey?: string | undefined
  /** The other key of a rotation, or the first one before it signs: it is published and only verifies. */
  jwtPrivateKeyPrevious?: string | undefined
  /**
   * Whether users without a proof of their identity are believed. `auto`: for a day after the upgrade
   * from version 0.1. `off`: never. `on`: while it is set, and a lost data key is made anew. Default
   * `auto`.
   */
  adoptUsers?: 'auto' | 'on' | 'off' | undefined
  /** `sqlite:<file>`, `postgres://…`, `mysql://…` or `memory:`. Default `sqlite:./data/login.db`. */
  database?: string | undefined
  /**
   * Begins the name of every table, so that no table of an app of your own is touched. Two prefixes
   * in one database are two services. A lower-case letter, then up to 20 letters, digits and
   * underscores; or empty. Default `mpl_`.
   */
  tablePrefix?: string | undefined
  /**
   * `redis://…`, `redis+sentinel://…/<name>` or `redis+cluster://…` (`rediss…` for TLS): sessions,
   * login codes, counters and access_tokens go there, users stay in the database. Default: all in
   * the database.
   */
  redisUrl?: string | undefined
  /** Begins the name of every key in Redis. 1 to 32 visible ASCII characters. Default `mpl:`. */
  redisPrefix?: string | undefined
  /** Life of a token, 60 to 2592000. Default 7200. */
  tokenTtlSeconds?: number | undefined
  /** Absolute life of a session, however often refreshed; up to 30 days. Default 2592000. */
  sessionTtlSeconds?: number | undefined
  /** A session that is not used for so long ends; 60 to 2592000. Default: none does. */
  sessionIdleSeconds?: number | undefined
  /**
   * Logins a minute from one IP address, or `off`. As many tokens that do not hold, in each process.
   * `off` turns off all that counts by address. Default 600.
   */
  rateLimit?: number | 'off' | undefined
  /** Logins a minute in all, whatever route they use and whichever instance they reach. Default `off`. */
  rateLimitGlobal?: number | 'off' | undefined
  /**
   * What a gateway sends as `X-Internal-Token` to see openid and unionid on `/verify`, and another
   * service to get an access_token. Without it `/internal/…` does not exist.
   */
  internalToken?: string | undefined
  /** Whether `/docs` and `/openapi.json` are there. Default `off`. */
  docs?: 'on' | 'off' | undefined
}

const DAY = 86_400

const callsPerMinute = (text: string): unknown => (text === 'off' ? text : wholeNumber(text))

/** The text of `WX_APPS`. What is not JSON stays text, which the schema refuses. */
const parseApps = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/**
 * The settings of a login service, for `createLogin` and for the environment alike. The compiler
 * compares this table with `LoginSettings`: a name that stands in one alone, or a schema that
 * accepts another type, is an error at the end of the table.
 */
export const SETTINGS = {
  apps: {
    group: 'wechat',
    schema: apps,
    env: 'WX_APPS',
    parse: parseApps,
    secret: true,
    example: '{"wx…":"…","wx…":["new","old"]}',
    words: {
      zh: '多个小程序，代替 `WX_APPID`、`WX_SECRET`、`WX_SECRET_PREVIOUS`；第一个为默认，见 [docs/users.md](docs/users.md)',
      en: 'several mini programs, instead of `WX_APPID`, `WX_SECRET` and `WX_SECRET_PREVIOUS`; the first is the default, see [docs/users.md](docs/users.md)',
    },
  },
  ...WAY_OPTIONS,
  jwtSecret: {
    group: 'token',
    schema: signingSecret,
    env: 'JWT_SECRET',
    secret: true,
    example: 'ask',
    words: {
      zh: '签名密钥，至少 32 字节的随机值：`openssl rand -base64 48`',
      en: 'signing secret, 32 random bytes or more: `openssl rand -base64 48`',
    },
  },
  jwtSecretPrevious: {
    group: 'token',
    schema: signingSecret.optional(),
    env: 'JWT_SECRET_PREVIOUS',
    secret: true,
    words: {
      zh: '轮换时的另一把（新或旧），只认不签；[三步轮换](docs/key-rotation.md)，无人掉线',
      en: 'the other one of a rotation, newer or older: recognised, never signed with; [three steps](docs/key-rotation.md) log nobody out',
    },
  },
  jwtPrivateKey: {
    group: 'token',
    schema: privateKey.optional(),
    env: 'JWT_PRIVATE_KEY',
    secret: true,
    example: '"-----BEGIN PRIVATE KEY-----\\n…\\n-----END PRIVATE KEY-----"',
    words: {
      zh: '设了它，令牌改用 ES256 签名，别的服务可以凭 `/.well-known/jwks.json` 自己验签（那里不知道注销），见 [docs/other-languages.md](docs/other-languages.md)。PEM、P-256；`JWT_SECRET` 照旧要有',
      en: 'tokens are then signed by ES256, and other services can verify them by `/.well-known/jwks.json` (log-outs are not known there): [docs/other-languages.md](docs/other-languages.md). PEM, P-256; `JWT_SECRET` is needed all the same',
    },
  },
  jwtPrivateKeyPrevious: {
    group: 'token',
    schema: privateKey.optional(),
    env: 'JWT_PRIVATE_KEY_PREVIOUS',
    secret: true,
    example: '"-----BEGIN PRIVATE KEY-----\\n…\\n-----END PRIVATE KEY-----"',
    words: {
      zh: '轮换时的另一把私钥（新或旧）：公布、只认不签；[三步轮换](docs/key-rotation.md#轮换-jwt_private_key)',
      en: 'the other private key of a rotation, newer or older: published and recognised, never signed with; [three steps](docs/key-rotation.md#轮换-jwt_private_key)',
    },
  },
  adoptUsers: {
    group: 'token',
    schema: adoptUsers.default('auto'),
    env: 'ADOPT_USERS',
    words: {
      zh: '用户行没有身份证明（防止改库换人的 MAC）时是否采信：新部署请设 `off`。`auto`：从 0.1 升级后的 24 小时内采信。`on`：只要设着就采信，仅在数据密钥丢失或泄露后用一次，见 [docs/key-rotation.md](docs/key-rotation.md)',
      en: 'whether a user’s row without a proof (a MAC against swapped rows) is believed. New deployments: set `off`. `auto`: for 24 hours after the upgrade from 0.1. `on`: as long as it is set, once after the data key was lost or leaked, see [docs/key-rotation.md](docs/key-rotation.md)',
    },
  },
  tokenTtlSeconds: {
    group: 'token',
    schema: whole(60, 30 * DAY).default(7200),
    env: 'TOKEN_TTL_SECONDS',
    parse: wholeNumber,
    words: { zh: '令牌有效期，秒', en: 'life of a token, in seconds' },
  },
  sessionTtlSeconds: {
    group: 'token',
    schema: whole(60, 30 * DAY).default(30 * DAY),
    env: 'SESSION_TTL_SECONDS',
    parse: wholeNumber,
    words: {
      zh: '会话有效期，秒，最多 30 天',
      en: 'life of a session, in seconds, 30 days at most',
    },
  },
  sessionIdleSeconds: {
    group: 'token',
    schema: whole(60, 30 * DAY).optional(),
    env: 'SESSION_IDLE_SECONDS',
    parse: wholeNumber,
    words: {
      zh: '会话这么久没有被使用就结束，秒，60 到 2592000；不设则不限；查询 `/checklogin` 不算使用，见 [docs/users.md](docs/users.md)',
      en: 'a session that is not used for so long ends, in seconds, 60 to 2592000; unset: no limit; `/checklogin` is no use of it, see [docs/users.md](docs/users.md)',
    },
  },
  database: {
    group: 'store',
    schema: databaseUrl.default('sqlite:./data/login.db'),
    env: 'DATABASE_URL',
    secret: 'password',
    words: {
      zh: '`sqlite:<文件>`、`postgres://…`（另装 `pg`）、`mysql://…`（另装 `mysql2`，MySQL 与 MariaDB），参数见 [docs/operations.md](docs/operations.md#数据库的地址)；或 `memory:`（重启即全部退出）',
      en: '`sqlite:<file>`, `postgres://…` (needs `npm i pg`), `mysql://…` (needs `npm i mysql2`; MySQL and MariaDB), parameters: [docs/operations.md](docs/operations.md#数据库的地址); or `memory:` (a restart logs everybody out)',
    },
  },
  tablePrefix: {
    group: 'store',
    schema: tablePrefix.default('mpl_'),
    env: 'TABLE_PREFIX',
    words: {
      zh: '每张表名的前缀：不会碰到您自己的 `users`、`sessions`；同一个库里两个前缀就是两个服务',
      en: 'begins the name of every table: your own `users` and `sessions` are never touched; two prefixes in one database are two services',
    },
  },
  redisUrl: {
    group: 'store',
    schema: redisUrl.optional(),
    env: 'REDIS_URL',
    secret: true,
    example: 'redis://127.0.0.1:6379/0',
    words: {
      zh: '多实例共用的会话、code、限速、access_token（另装 `@redis/client`）；用户仍在数据库。`redis://`、`rediss://`，另有 `redis+sentinel://主机:端口,…/主名`、`redis+cluster://主机:端口,…`',
      en: 'sessions, codes, limits and access_tokens shared by many instances (needs `npm i @redis/client`); users stay in the database. `redis://`, `rediss://`, also `redis+sentinel://host:port,…/master` and `redis+cluster://host:port,…`',
    },
  },
  redisPrefix: {
    group: 'store',
    schema: redisPrefix.default('mpl:'),
    env: 'REDIS_PREFIX',
    words: { zh: 'Redis 里每个键的前缀', en: 'begins the name of every key in Redis' },
  },
  rateLimit: {
    group: 'limits',
    schema: rateLimit(1_000_000).default(600),
    env: 'RATE_LIMIT',
    parse: callsPerMinute,
    words: {
      zh: '每个 IP 每分钟的次数：登录、无效的令牌、`/phone` 加 `/checksession` 三者分开计数，各自最多这么多；`off` 关掉所有按 IP 计的[限速](docs/operations.md#限速--limits)',
      en: 'calls a minute from one IP: logins, tokens that do not hold, and `/phone` plus `/checksession` are counted apart, each up to this number; `off` turns off every [limit](docs/operations.md#限速--limits) by IP',
    },
  },
  rateLimitGlobal: {
    group: 'limits',
    schema: rateLimit(100_000_000).default('off'),
    env: 'RATE_LIMIT_GLOBAL',
    parse: callsPerMinute,
    words: {
      zh: '每分钟登录总数，别名与所有实例合计，或 `off`',
      en: 'logins a minute in all, aliases and instances together, or `off`',
    },
  },
  internalToken: {
    group: 'limits',
    schema: internalToken.optional(),
    env: 'INTERNAL_TOKEN',
    secret: true,
    words: {
      zh: '网关与公司其他服务的凭据，见 `/verify`、`/internal/access-token`；不设则没有后者：`openssl rand -base64 48`',
      en: 'credential of a gateway and of the company’s other services, see `/verify` and `/internal/access-token`; the latter is not there without it: `openssl rand -base64 48`',
    },
  },
  ...IDENTITY_OPTIONS,
  docs: {
    group: 'log',
    schema: docs.default('off'),
    env: 'DOCS',
    example: 'on',
    unset: {
      zh: '生产以外 `on`；作为库 `off`',
      en: '`on` outside of production; `off` as a library',
    },
    words: {
      zh: '`/docs` 与 `/openapi.json`：本配置全部接口的[文档](docs/openapi.md)',
      en: '`/docs` and `/openapi.json`: [documents](docs/openapi.md) of every route that this configuration has',
    },
  },
} as const satisfies { [Name in keyof LoginSettings]-?: Option<LoginSettings[Name]> }
