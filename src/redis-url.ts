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
  /** Under which name the sentinels know the primary; empty for the other kinds. */
  readonly primaryName: string
}

const FORM =
  /^redis(?<tls>s?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<login>[^@/?#]*)@)?(?<hosts>[^@/?#]+)(?:\/(?<path>[^/?#]*))?$/
const HOST = /^(?<host>\[[0-9a-f:.]+\]|[\w.-]+)(?::(?<port>\d{1,5}))?$/i

/** Takes a URL apart that `problemWithRedisUrl` found nothing wrong with. */
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

/** Why a Redis URL cannot be used, or undefined; never shows it, for it may hold a password. */
export function problemWithRedisUrl(text: string): string | undefined {
  const { kind = 'server', login = '', hosts = '', path = '' } = FORM.exec(text)?.groups ?? {}
  if (hosts === '') {
    return 'must be redis://…, redis+sentinel://host,host/<name> or redis+cluster://host,host (rediss for TLS)'
  }
  if (![login, path].every(canDecode)) return 'must percent-encode what is not a letter or a digit'
  const nodes = hosts.split(',').map(each => HOST.exec(each)?.groups)
  if (!nodes.every(node => node && Number(node.port ?? 1) <= 65_535 && node.port !== '0')) {
    return 'must name hosts as host or host:port, several parted by commas'
  }
  if (kind === 'server' && nodes.length > 1) {
    return 'names several hosts: those are redis+sentinel://… or redis+cluster://…'
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

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
