import { z } from 'zod'
import type { OptionTable } from './option'
import { onOff, trustProxy, whole, wholeNumber } from './schemas'
import { parseTrustProxy } from './trust-proxy'

const text = z.string().optional()

/** What the standalone server reads on top of the library's options. */
export const SERVER_OPTIONS = {
  nodeEnv: {
    group: 'process',
    schema: z
      .enum(['development', 'test', 'production'], {
        error:
          'must be development, test or production, or unset; any other word is refused, because it would start the demo in which anybody can log in',
      })
      .optional(),
    env: 'NODE_ENV',
    example: 'production',
    words: {
      zh: '`production`：没有凭据、弱密钥、人人可读的 `.env` 一律拒绝启动，日志为 JSON；另可为 `development`、`test` 或不设，其余拒绝启动',
      en: '`production` refuses to start without credentials, with a weak secret, or with a `.env` that everybody can read, and logs JSON. Else `development`, `test` or unset; any other word is refused',
    },
  },
  port: {
    group: 'process',
    schema: whole(0, 65_535).default(3000),
    env: 'PORT',
    parse: wholeNumber,
    words: { zh: '监听端口', en: 'port to listen on' },
  },
  host: {
    group: 'process',
    schema: text,
    env: 'HOST',
    example: '127.0.0.1',
    unset: {
      zh: '所有网卡；模拟器代替微信时仅本机',
      en: 'all interfaces; only this machine while the simulator answers',
    },
    words: { zh: '监听地址', en: 'address to listen on' },
  },
  workers: {
    group: 'process',
    schema: whole(1, 64).default(1),
    env: 'WORKERS',
    parse: wholeNumber,
    words: {
      zh: '本机进程数；崩溃的会被替换，见[运维](docs/operations.md)',
      en: 'processes on this machine; one that crashes is replaced: [operations](docs/operations.md)',
    },
  },
  prestopMs: {
    group: 'process',
    schema: whole(0, 60_000).default(0),
    productionDefault: 3000,
    env: 'PRESTOP_MS',
    parse: wholeNumber,
    words: {
      zh: '收到 SIGTERM 后 `/readyz` 先变 503、照常服务这么久，再停止，毫秒',
      en: 'after SIGTERM `/readyz` turns 503 and the service serves on for this long, then stops, in milliseconds',
    },
  },
  appid: {
    group: 'wechat',
    schema: text,
    env: 'WX_APPID',
    partOf: 'apps',
    example: 'ask',
    words: {
      zh: '一个小程序；小程序后台 → 开发管理 → 开发设置',
      en: 'one mini program, from its console: 开发管理 → 开发设置',
    },
  },
  appSecret: {
    group: 'wechat',
    schema: text,
    env: 'WX_SECRET',
    secret: true,
    partOf: 'apps',
    example: 'ask',
    words: { zh: '它的 AppSecret', en: 'its AppSecret' },
  },
  appSecretPrevious: {
    group: 'wechat',
    schema: text,
    env: 'WX_SECRET_PREVIOUS',
    secret: true,
    partOf: 'apps',
    words: {
      zh: '重置 AppSecret 后填旧值：微信拒绝其中一个（40125）时用另一个；`WX_APPS` 与 `apps` 里写成 `["新", "旧"]`',
      en: 'after a reset of the AppSecret: the old one; when WeChat refuses one (40125), the other is tried. In `WX_APPS` and `apps`: `["new", "old"]`',
    },
  },
  wxSimulator: {
    group: 'wechat',
    schema: onOff.default('off'),
    env: 'WX_SIMULATOR',
    words: {
      zh: '`off`：没有凭据时由内置模拟器代替微信，但设了 PostgreSQL、MySQL、Redis 或 `INTERNAL_TOKEN` 就不行。`on`：设了这些也行。生产环境拒绝 `on`。有模拟器时人人可以冒充任何人',
      en: '`off`: the simulator runs where there are no credentials, but not beside PostgreSQL, MySQL, Redis or `INTERNAL_TOKEN`. `on`: beside these, too. Production refuses `on`. With the simulator anybody is anybody',
    },
  },
  trustProxy: {
    group: 'limits',
    schema: trustProxy.default(false),
    env: 'TRUST_PROXY',
    parse: parseTrustProxy,
    words: {
      zh: '前面可信代理的层数或 CIDR 列表；只采用它们的 `X-Forwarded-For` 与 `X-Request-Id`',
      en: 'hops or CIDR ranges of the proxies in front; `X-Forwarded-For` and `X-Request-Id` are taken from them alone',
    },
  },
  logFormat: {
    group: 'log',
    schema: z.enum(['dev', 'json'], { error: 'must be dev or json' }).default('dev'),
    productionDefault: 'json',
    env: 'LOG_FORMAT',
    words: {
      zh: '标准输出上的日志：`dev` 供人看，`json` 供机器读',
      en: 'the log on standard output: `dev` for people, `json` for machines',
    },
  },
} as const satisfies OptionTable
