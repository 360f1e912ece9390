import type { Option } from './option'
import { cloudEnv, corsOrigins, tokenHeaders } from './schemas'

/** What `createLogin` takes of where a request says who asks, and from which pages. */
export interface IdentitySettings {
  /**
   * Further headers that carry a token, such as `['X-Access-Token']`, looked at after
   * `Authorization`, `sessionid` and `token`. Default: none.
   */
  tokenHeaders?: readonly string[] | undefined
  /**
   * Origins of H5 builds, such as `['https://h5.example.com']`, whose pages may call the routes of
   * this service (CORS). The routes of a host app are its own matter. Default: none.
   */
  corsOrigins?: readonly string[] | undefined
  /**
   * WeChat Cloud Hosting: the id of the env in which the service runs. Its gateway's `X-WX-OPENID`
   * is then believed. Only with public access off: docs/cloud-hosting.md. Default: off.
   */
  cloudRunEnv?: string | undefined
  /** Give `process.env.CBR_ENV_ID`, which the platform sets: `cloudRunEnv` must equal it. */
  cbrEnvId?: string | undefined
}

/** A list with commas. */
const list = (text: string): readonly string[] =>
  text === 'off' ? [] : text.split(',').map(part => part.trim())

/** A part of `SETTINGS`. The compiler compares it with `IdentitySettings`. */
export const IDENTITY_OPTIONS = {
  corsOrigins: {
    group: 'process',
    schema: corsOrigins.default([]),
    env: 'CORS_ORIGINS',
    parse: list,
    example: 'https://h5.example.com',
    unset: { zh: '关', en: 'off' },
    words: {
      zh: 'H5 版（uni-app、Taro）网页的来源，用逗号分隔，不能写 `*`；小程序不需要，见 [docs/who-is-asking.md](docs/who-is-asking.md#h5--h5-builds)',
      en: 'origins of H5 builds (uni-app, Taro), a list with commas, no `*`; mini programs need none, see [docs/who-is-asking.md](docs/who-is-asking.md#h5--h5-builds)',
    },
  },
  cloudRunEnv: {
    group: 'wechat',
    schema: cloudEnv.optional(),
    env: 'CLOUD_RUN_ENV',
    unset: { zh: '关', en: 'off' },
    words: {
      zh: '微信云托管的环境 id：采信这个环境的网关给出的 `X-WX-OPENID`，不需要令牌。先关掉公网访问，见 [docs/cloud-hosting.md](docs/cloud-hosting.md)',
      en: 'env id of WeChat Cloud Hosting: the `X-WX-OPENID` of its gateway is believed, and no token is needed. Switch public access off first, see [docs/cloud-hosting.md](docs/cloud-hosting.md)',
    },
  },
  cbrEnvId: {
    group: 'wechat',
    schema: cloudEnv.optional(),
    env: 'CBR_ENV_ID',
    words: {
      zh: '不用您设：微信云托管在容器里设好，`CLOUD_RUN_ENV` 必须与它相同',
      en: 'not yours to set: WeChat Cloud Hosting sets it in its containers, and `CLOUD_RUN_ENV` must equal it',
    },
  },
  tokenHeaders: {
    group: 'token',
    schema: tokenHeaders.default([]),
    env: 'TOKEN_HEADERS',
    parse: list,
    example: 'X-Access-Token',
    unset: { zh: '无', en: 'none' },
    words: {
      zh: '除 `Authorization`、`sessionid`、`token` 之外，还从这些请求头读令牌，用逗号分隔',
      en: 'further headers that carry a token, after `Authorization`, `sessionid` and `token`; a list with commas',
    },
  },
} as const satisfies { [Name in keyof IdentitySettings]-?: Option<IdentitySettings[Name]> }
