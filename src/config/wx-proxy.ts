import type { Report } from './check-values'
import { isExempt } from './no-proxy'
import type { Environment } from './read-variables'
import { canDecode, ENCODE } from './url-escapes'

const SHAPE = 'must be http://host:port (or http://user:password@host:port), env or off'

/** Why WeChat cannot be asked by this proxy, or undefined when it can. Never shows the address. */
export function problemWithProxy(text: string): string | undefined {
  if (text === 'off' || text === 'env') return undefined
  if (/^socks/i.test(text)) {
    return `is a socks proxy, which is not spoken here; ${SHAPE}: most such proxies have an http port, too`
  }
  if (/^https:/i.test(text)) {
    return `must begin with http://: this proxy is asked by plain CONNECT, and TLS to WeChat runs inside`
  }
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:') return `${SHAPE}; where it has a user and password, ${ENCODE}`
  const { pathname, search, hash, username, password } = url
  if (pathname !== '/' || search || hash) return `${SHAPE}, without a path; ${ENCODE}`
  if (!canDecode(username) || !canDecode(password)) return ENCODE
  return /:\d+\/?$/.test(text) ? undefined : `must name the port of the proxy: ${SHAPE}`
}

export interface WayToWeChat {
  /** `off`, `env`, or the address of a proxy. */
  readonly wxProxy: string
  readonly wxApiBaseUrl: string
}

/**
 * The address of the proxy that WeChat is asked by, or `off`: `env` is looked up in the environment.
 * A base URL that was refused is undefined, and then nothing is looked up.
 */
export function chosenProxy(way: WayToWeChat, env: Environment, report: Report): string {
  const { wxProxy, wxApiBaseUrl } = way
  if (wxProxy !== 'env' || !wxApiBaseUrl) return wxProxy
  const found = proxyVariable(wxApiBaseUrl, env)
  if (!found || isExempt(wxApiBaseUrl, noProxyOf(env))) return 'off'
  const { name, text } = found
  const address = text.includes('://') ? text : `http://${text}`
  const refused = problemWithProxy(address)
  if (refused) report(name, refused)
  return refused ? 'off' : address
}

/** What an operator may take for the way to WeChat and what is not: each in a sentence. */
export function unusedProxies({ wxProxy, wxApiBaseUrl }: WayToWeChat, env: Environment): string[] {
  const found = proxyVariable(wxApiBaseUrl, env)
  if (!found) {
    return wxProxy === 'env'
      ? ['WX_PROXY is env, and no HTTPS_PROXY is set: WeChat is asked without a proxy']
      : []
  }
  const { name, text } = found
  if (wxProxy === 'env') {
    return isExempt(wxApiBaseUrl, noProxyOf(env))
      ? [`${name} is not used: NO_PROXY names WeChat's host`]
      : []
  }
  if (wxProxy !== 'off') return text === wxProxy ? [] : [`${name} is not used: WX_PROXY is`]
  return [`${name} is not used: WeChat is asked without a proxy; WX_PROXY=env uses it`]
}

/** The variable that names a proxy for this address, in the order in which curl looks at them. */
function proxyVariable(url: string, env: Environment): { name: string; text: string } | undefined {
  const scheme = url.startsWith('https:') ? 'https' : 'http'
  const names = [`${scheme}_proxy`, `${scheme}_proxy`.toUpperCase(), 'all_proxy', 'ALL_PROXY']
  for (const name of names) {
    const text = env[name]?.trim()
    if (text) return { name, text }
  }
  return undefined
}

function noProxyOf(env: Environment): string {
  return env.no_proxy?.trim() || env.NO_PROXY?.trim() || ''
}
