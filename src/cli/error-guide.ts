import type { ErrorText } from '../errors'

/** Who can do something about an error. */
export type Fault =
  | 'client'
  | 'nobody'
  | 'user'
  | 'load'
  | 'operator'
  | 'wechat'
  | 'network'
  | 'service'

export const FAULTS: Readonly<Record<Fault, ErrorText>> = {
  client: {
    zh: '调用方（小程序或网关的代码）',
    en: 'the caller: the code of the mini program or gateway',
  },
  nobody: { zh: '没有谁：平常就会发生', en: 'nobody: part of every day' },
  user: { zh: '该用户', en: 'this user' },
  load: { zh: '请求太多', en: 'too many requests' },
  operator: { zh: '运维（设置、数据库、机器）', en: 'the operator: settings, database, machine' },
  wechat: { zh: '微信', en: 'WeChat' },
  network: { zh: '到微信的网络，或微信', en: 'the network to WeChat, or WeChat' },
  service: { zh: '本服务的缺陷', en: 'a fault of this service' },
}

/** What stands beside the texts of `errors.ts` for the person who looks for the cause. */
export interface Guide {
  readonly fault: Fault
  readonly todo: ErrorText
}

const guide = (fault: Fault, zh: string, en: string): Guide => ({ fault, todo: { zh, en } })

const LOG_IN_AGAIN = guide(
  'nobody',
  '客户端重新 wx.login 再登录；SDK 自动完成',
  'the client calls wx.login and logs in again; the SDK does it by itself',
)
const FIX_REQUEST = guide(
  'client',
  '改请求：field 指出哪一个字段；每个接口的写法见 README',
  'change the request: "field" names the field; README shows each route',
)
const TAP_AGAIN = guide(
  'nobody',
  '请用户再点一次手机号按钮，发送新的 e.detail.code',
  'have the user tap the phone button again and send the new e.detail.code',
)

/** By the names of `errors.ts`; a test holds them together. */
export const GUIDES: Readonly<Record<string, Guide>> = {
  invalid_json: FIX_REQUEST,
  invalid_request: FIX_REQUEST,
  code_missing: FIX_REQUEST,
  unknown_appid: guide(
    'client',
    '小程序的 appid 不在 WX_APPID / WX_APPS 中：改其中一边',
    'the mini program’s appid is not in WX_APPID / WX_APPS: correct one of both',
  ),
  code_invalid: LOG_IN_AGAIN,
  code_used: LOG_IN_AGAIN,
  phone_code_missing: FIX_REQUEST,
  phone_code_invalid: TAP_AGAIN,
  phone_code_used: TAP_AGAIN,
  data_undecryptable: guide(
    'client',
    '发送前重新向微信取一次数据，原样发送；日志的 reason 说明是哪一种不对',
    'ask WeChat for the data again right before sending it, and send it as it came; the log’s reason says what is wrong',
  ),
  token_missing: guide(
    'client',
    '请求带上 Authorization: Bearer <token>',
    'send Authorization: Bearer <token>',
  ),
  token_invalid: guide(
    'nobody',
    '客户端重新登录。人人如此：JWT_SECRET 换了而没有按三步轮换，或实例之间不同（比较启动日志里的 SHA-256）',
    'the client logs in again. Everybody at once: JWT_SECRET was replaced without the three steps, or differs between instances (compare the SHA-256 in their first log lines)',
  ),
  token_expired: LOG_IN_AGAIN,
  session_ended: guide(
    'nobody',
    '客户端重新登录；日志的 reason 说明为何结束：logout、evicted、disabled、erased、expired',
    'the client logs in again; the log’s reason says why: logout, evicted, disabled, erased, expired',
  ),
  internal_token_invalid: guide(
    'operator',
    '网关或服务发送的凭据与 INTERNAL_TOKEN 不同：两边改成一样',
    'what the gateway or service sends is not INTERNAL_TOKEN: make both the same',
  ),
  user_blocked: guide(
    'user',
    '微信的判定，这里改不了；请用户联系微信客服',
    'WeChat’s decision; the user may ask WeChat’s support',
  ),
  user_disabled: guide(
    'operator',
    '是管理员停用的：miniprogram-login users show 看原因，users enable 恢复',
    'the operator disabled the user: miniprogram-login users show tells why, users enable undoes it',
  ),
  login_refused: guide(
    'operator',
    '是您的 hooks.beforeLogin 拒绝的，看它的原因',
    'your hooks.beforeLogin refused: see its reason',
  ),
  not_found: FIX_REQUEST,
  method_not_allowed: guide('client', '换成 Allow 头里的方法', 'use a method of the Allow header'),
  request_timeout: guide(
    'network',
    '请求没有按时到齐：手机网络慢，或中间的代理没有整块转发',
    'the request did not arrive in time: a slow phone network, or a proxy on the way that does not pass it on whole',
  ),
  session_key_stale: guide(
    'nobody',
    '先登录，再向微信取一次数据；不要在取数据的回调里调用 wx.login',
    'log in first, then ask WeChat for the data; do not call wx.login inside the callback of the data',
  ),
  body_too_large: FIX_REQUEST,
  unsupported_media_type: FIX_REQUEST,
  headers_too_large: FIX_REQUEST,
  rate_limited: guide(
    'load',
    '等 retry_after 秒。很多人共用一个地址（网关没有设 TRUST_PROXY？）或客户端在循环：见 docs/operations.md 限速',
    'wait retry_after seconds. Many behind one address (is TRUST_PROXY set behind a gateway?) or a client in a loop: docs/operations.md, limits',
  ),
  internal: guide(
    'service',
    '用 request_id 在日志里找 crash 或同一行，附上报告缺陷',
    'find the request_id in the log and report what stands there',
  ),
  misconfigured: guide(
    'operator',
    '日志同一个 request_id 的 fix 写明哪项设置、怎么改；或运行 miniprogram-login doctor',
    'the log line of this request_id has a fix that names the setting; or run miniprogram-login doctor',
  ),
  wechat_bad_answer: guide(
    'network',
    '多半是中间的代理或防火墙答了一页 HTML，或 errcode 是新的：看日志的 reason 与 wx_errcode',
    'mostly a proxy or firewall on the way that answered a page, or an errcode that is new: see reason and wx_errcode in the log',
  ),
  wechat_unavailable: guide(
    'network',
    'miniprogram-login doctor 查 DNS、TLS、代理；微信自身的问题会自行恢复',
    'miniprogram-login doctor tries DNS, TLS and the proxy; trouble of WeChat’s own passes by itself',
  ),
  wechat_quota: guide(
    'wechat',
    '等 retry_after 秒；持续出现：explain 45009 或 45011',
    'wait retry_after seconds; if it lasts: explain 45009 or 45011',
  ),
  store_unavailable: guide(
    'operator',
    '数据库或 Redis：看日志 store.lost 的 reason 与 fix，运行 miniprogram-login doctor',
    'database or Redis: see reason and fix of store.lost in the log, run miniprogram-login doctor',
  ),
  overloaded: guide(
    'load',
    '加实例或 WORKERS；先看微信或数据库是不是慢了',
    'add instances or WORKERS; look first whether WeChat or the database is slow',
  ),
  shutting_down: guide(
    'nobody',
    '正在重启；负载均衡应按 /readyz 摘除实例',
    'a restart; a load balancer follows /readyz',
  ),
  wechat_timeout: guide(
    'network',
    '客户端重新登录；持续出现：miniprogram-login doctor，或放宽 WX_TIMEOUT_MS',
    'the client logs in again; if it lasts: miniprogram-login doctor, or a longer WX_TIMEOUT_MS',
  ),
}
