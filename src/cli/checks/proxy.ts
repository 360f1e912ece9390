import type { Socket } from 'node:net'
import type { Config } from '../../config/config'
import { openTunnel, proxyOf, type TunnelTarget } from '../../upstream/open-tunnel'
import { type Check, fail, ok } from './check'
import { withoutPassword } from './settings'
import { checkTls } from './tls'

type Way = Pick<Config, 'wxProxy' | 'wxApiBaseUrl' | 'wxTimeoutMs'>

/**
 * Whether WeChat is reached through the proxy: the proxy is there, it takes a CONNECT to WeChat, and
 * TLS runs inside. It is asked as the service asks it. The proxy's password is never shown.
 */
export async function checkProxy(way: Way): Promise<Check[]> {
  const { protocol, hostname, port } = new URL(way.wxApiBaseUrl)
  const isTls = protocol === 'https:'
  const host = hostname.replace(/^\[|\]$/g, '')
  const target = { host, port: Number(port || (isTls ? 443 : 80)) }
  const place = withoutPassword(way.wxProxy).replace(/\/$/, '')
  const opened = await tryTunnel(way, target)
  if (typeof opened === 'string') return [refused(opened, place, target)]
  const isThere = ok(
    'proxy',
    `${place}：通往 ${host}:${target.port} · leads to ${host}:${target.port}`,
  )
  if (isTls) return [isThere, await checkTls({ ...target, timeoutMs: way.wxTimeoutMs }, opened)]
  opened.destroy()
  return [isThere, ok('tls', '不用 TLS（http）· no TLS (http)')]
}

/** The tunnel, or the code of what became of it, without `PROXY_`. */
async function tryTunnel(
  { wxProxy, wxTimeoutMs }: Way,
  target: TunnelTarget,
): Promise<Socket | string> {
  const { tunnel, giveUp } = openTunnel(proxyOf(wxProxy), target)
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    giveUp()
  }, wxTimeoutMs)
  try {
    return await tunnel
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    return isLate ? 'ETIMEDOUT' : code.replace(/^PROXY_/, '')
  } finally {
    clearTimeout(timer)
  }
}

function refused(code: string, place: string, { host, port }: TunnelTarget): Check {
  const found = /^\d+$/.test(code)
    ? `CONNECT ${host}:${port} 得到 ${code} · is answered ${code}`
    : `${code}，没有应答 CONNECT · no answer to CONNECT`
  return fail('proxy', `${place}：${found}`, fixOf(code, `${host}:${port}`))
}

/** The answers of proxies and the failures of connections to them: docs/wechat-route.md has the same. */
function fixOf(code: string, target: string): string {
  if (code === '407') return CREDENTIALS
  if (/^50[234]$/.test(code)) {
    return `代理到不了 ${target}：查它的 DNS 与出口 · the proxy cannot reach ${target}: see its DNS and uplink`
  }
  if (code === '403') {
    return `在代理上放行 CONNECT ${target} · allow CONNECT ${target} on the proxy`
  }
  if (/^\d+$/.test(code)) return NO_PROXY
  return code.startsWith('HPE_') ? NO_HTTP : ABSENT
}

const WHERE = 'WX_PROXY（为 env 时是 HTTPS_PROXY）'
const WHERE_EN = 'WX_PROXY (where it is env: HTTPS_PROXY)'

const CREDENTIALS = `代理要凭据，或不认这一份：改 ${WHERE}里的用户名与密码，特殊字符用百分号编码 · the proxy wants credentials, or refuses these: correct user and password in ${WHERE_EN}, special characters percent-encoded`

const NO_PROXY = `那里不是认得 CONNECT 的正向代理：改 ${WHERE}的主机与端口 · no forward proxy that knows CONNECT is there: correct host and port of ${WHERE_EN}`

const NO_HTTP = `那个端口说的不是 HTTP（socks？）：改用代理的 http 端口 · that port does not speak HTTP (socks?): use the proxy’s http port`

const ABSENT = `代理在运行吗，本机到得了它吗？核对 ${WHERE}的主机与端口 · does the proxy run, and does this machine reach it? compare host and port of ${WHERE_EN}`
