import { canDecode, ENCODE } from './url-escapes'

/** One server: a Redis, a sentinel or a node of a cluster. */
export interface RedisNode {
  readonly host: string
  readonly port: number
}

/** What a Redis URL says: one server, the sentinels that know a primary, or nodes of a cluster. */
export interface RedisUrl {
  readonly kind: 'server' | 'sentinel' | 'cluster'
  readonly tls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
  readonly nodes: readonly RedisNode[]
  readonly database: number
  /** The name by which the sentinels know the primary. Empty for the other kinds. */
  readonly primaryName: string
}

const FORM =
  /^redis(?<tls>s?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<login>[^@/?#]*)@)?(?<hosts>[^@/?#]+)(?:\/(?<path>[^/?#]*))?$/
const HOST = /^(?<host>\[[0-9a-f:.]+\]|[\w.-]+)(?::(?<port>\d{1,5}))?$/i

/** Takes a URL apart. The URL must be one that `problemWithRedisUrl` accepts. */
export function readRedisUrl(text: string): RedisUrl {
  const { tls, kind = 'server', login = '', hosts = '', path = '' } = FORM.exec(text)?.groups ?? {}
  const colon = login.indexOf(':')
  const username = colon < 0 ? login : login.slice(0, colon)
  const password = colon < 0 ? '' : login.slice(colon + 1)
  const defaultPort = kind === 'sentinel' ? 26_379 : 6379
  return {
    kind: kind as RedisUrl['kind'],
    tls: tls === 's',
    username: decodeURIComponent(username) || undefined,
    password: decodeURIComponent(password) || undefined,
    nodes: hosts.split(',').map(each => {
      const { host = '', port = defaultPort } = HOST.exec(each)?.groups ?? {}
      return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }
    }),
    database: kind === 'server' ? Number(path) : 0,
    primaryName: kind === 'sentinel' ? decodeURIComponent(path) : '',
  }
}

/** Why a Redis URL cannot be used, or undefined when it can. Never shows the URL, which may hold a password. */
export function problemWithRedisUrl(text: string): string | undefined {
  const cause = causeIn(text)
  if (cause !== undefined) return cause
  const { kind = 'server', login = '', hosts = '', path = '' } = FORM.exec(text)?.groups ?? {}
  if (hosts === '') {
    return 'must be redis://…, redis+sentinel://host,host/<name> or redis+cluster://host,host (rediss for TLS)'
  }
  if (![login, path].every(canDecode)) return `holds a % that begins no escape: ${ENCODE}`
  const nodes = hosts.split(',').map(each => HOST.exec(each)?.groups)
  if (!nodes.every(node => node && Number(node.port ?? 1) <= 65_535 && node.port !== '0')) {
    return 'must name hosts as host or host:port, several parted by commas'
  }
  if (kind === 'server' && nodes.length > 1) {
    return 'names several hosts: use redis+sentinel://… or redis+cluster://…'
  }
  if (kind === 'server' && !/^\d{0,5}$/.test(path)) {
    return 'must end with the number of the database, as in redis://host/0'
  }
  if (kind === 'sentinel' && path === '') {
    return 'must end with the primary’s name, as in redis+sentinel://host,host/mymaster'
  }
  if (kind === 'cluster' && path !== '')
    return 'must end after the hosts: a cluster has one database'
  return undefined
}

/** What has probably broken the form of a Redis URL. */
function causeIn(text: string): string | undefined {
  if (!/^rediss?(\+\w+)?:\/\//.test(text)) return undefined
  if (text.includes('#')) return `holds a raw #, which ends a URL: ${ENCODE}`
  if (/[/?@].*@/.test(text.replace(/^[^/]*\/\//, ''))) {
    return `holds a raw /, ? or @ before its last @: ${ENCODE}`
  }
  return text.includes('?')
    ? 'has parameters, and takes none: leave them out (TLS is rediss://)'
    : undefined
}
