import type { Option } from './option'
import { baseUrl, onOff, proxy, whole, wholeNumber } from './schemas'

/** What `createLogin` takes of the way to WeChat. */
export interface WaySettings {
  /**
   * Where WeChat answers; a path is put before WeChat's own, for a reverse proxy. Default
   * `https://api.weixin.qq.com`.
   */
  wxApiBaseUrl?: string | undefined
  /** `on` allows a `wxApiBaseUrl` of plain http that is not on this machine. Default `off`. */
  wxApiInsecure?: 'on' | 'off' | undefined
  /**
   * A proxy for all calls to WeChat, by CONNECT: `http://host:port`, `http://user:password@host:port`,
   * or `env` for the process's `HTTPS_PROXY` and `NO_PROXY`. Default `off`.
   */
  wxProxy?: string | undefined
  /** Total deadline of one call to WeChat, 100 to 60000. Default 5000. */
  wxTimeoutMs?: number | undefined
}

/** A part of `SETTINGS`. The compiler compares it with `WaySettings`. */
export const WAY_OPTIONS = {
  wxApiBaseUrl: {
    group: 'wechat',
    schema: baseUrl.default('https://api.weixin.qq.com'),
    env: 'WX_API_BASE_URL',
    words: {
      zh: '微信接口地址，换机房或经公司反向代理时需要；可带路径，微信的路径接在其后，见 [docs/wechat-route.md](docs/wechat-route.md)',
      en: 'where WeChat answers: another of its hosts, or a company’s reverse proxy; may have a path, which WeChat’s paths are appended to, see [docs/wechat-route.md](docs/wechat-route.md)',
    },
  },
  wxApiInsecure: {
    group: 'wechat',
    schema: onOff.default('off'),
    env: 'WX_API_INSECURE',
    words: {
      zh: '`on`：允许用明文 http 访问本机以外的 `WX_API_BASE_URL`（微信云托管内网）；路上的人会看到 AppSecret',
      en: '`on` allows a `WX_API_BASE_URL` of plain http beyond this machine (the inner network of WeChat Cloud Hosting); whoever is on the way reads the AppSecret',
    },
  },
  wxProxy: {
    group: 'wechat',
    schema: proxy.default('off'),
    env: 'WX_PROXY',
    secret: 'password',
    words: {
      zh: '经代理访问微信（CONNECT）：`http://主机:端口`、`http://用户:密码@主机:端口`，或 `env`（采用 `HTTPS_PROXY` 与 `NO_PROXY`）；代理不通就是 503，绝不绕过',
      en: 'proxy to WeChat, by CONNECT: `http://host:port`, `http://user:password@host:port`, or `env` for `HTTPS_PROXY` and `NO_PROXY`; a proxy that is down is a 503 and is never gone around',
    },
  },
  wxTimeoutMs: {
    group: 'wechat',
    schema: whole(100, 60_000).default(5000),
    env: 'WX_TIMEOUT_MS',
    parse: wholeNumber,
    words: {
      zh: '一次微信调用的总时限（含慢响应体），毫秒；登录从请求到达算起，排队与存储都在内',
      en: 'total deadline of one call to WeChat, a slow body included, in milliseconds; a login’s runs from the arrival of its request, queues and store included',
    },
  },
} as const satisfies { [Name in keyof WaySettings]-?: Option<WaySettings[Name]> }
