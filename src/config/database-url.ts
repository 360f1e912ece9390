import { problemWithParameters } from './database-parameters'
import { type DatabaseTls, readTls } from './database-tls'
import { canDecode, ENCODE } from './url-escapes'

/** A `postgres://` or `mysql://` URL, taken apart. */
export interface DatabaseUrl {
  /** The URL for the driver, without parameters: all of them are ours. */
  readonly url: string
  /** Most connections of this process, from `?connection_limit=`. Default 10. */
  readonly connectionLimit: number
  /** `?pgbouncer=true`: nothing may be kept on a connection between two transactions. */
  readonly isPooled: boolean
  /** PostgreSQL's schema that our tables are in, from `?schema=`. Default: the user's own first. */
  readonly schema: string | undefined
  /** Undefined where the URL says nothing about TLS. */
  readonly tls: DatabaseTls | undefined
}

/** Takes apart a URL that `problemWithDatabaseUrl` accepts. */
export function readDatabaseUrl(text: string): DatabaseUrl {
  const url = new URL(text)
  const params = url.searchParams
  const parts = {
    connectionLimit: Number(params.get('connection_limit') ?? 10),
    isPooled: params.get('pgbouncer') === 'true',
    schema: params.get('schema') ?? undefined,
    tls: readTls(schemeOf(text) ?? 'postgres', params),
  }
  url.search = ''
  return { url: url.href, ...parts }
}

/** Why a database URL cannot be used, or undefined when it can. Never shows the URL, which may hold a password. */
export function problemWithDatabaseUrl(text: string): string | undefined {
  if (text === 'memory:') return undefined
  if (text.startsWith('sqlite:')) return problemWithSqlite(text.slice('sqlite:'.length))
  const scheme = schemeOf(text)
  if (!scheme) return 'must be sqlite:<file>, postgres://…, mysql://… or memory:'
  if (text.includes('#')) return `holds a raw #, which ends a URL: ${ENCODE}`
  if (!URL.canParse(text))
    return `cannot be read as ${scheme}://user:password@host/database: ${ENCODE}`
  const url = new URL(text)
  if (/@/.test(url.pathname + url.search)) return `holds a raw / or ? before its @: ${ENCODE}`
  if (![url.username, url.password].every(canDecode)) {
    return `holds a % that begins no escape: ${ENCODE}`
  }
  if (url.pathname.length < 2) return `must name the database, as in ${scheme}://host/database`
  return problemWithParameters(scheme, url.searchParams)
}

function schemeOf(text: string): 'postgres' | 'mysql' | undefined {
  if (/^postgres(ql)?:\/\//.test(text)) return 'postgres'
  return /^(mysql|mariadb):\/\//.test(text) ? 'mysql' : undefined
}

function problemWithSqlite(file: string): string | undefined {
  if (file === '') return 'must name a file, as in sqlite:./data/login.db'
  if (file.includes(':memory:')) return 'must be memory: for a store in memory'
  if (/^\/\/[^/]/.test(file))
    return 'must be sqlite:<file>, without //, as in sqlite:./data/login.db'
  const [, parameters] = file.split('?')
  if (parameters === undefined) return undefined
  const names = [...new URLSearchParams(parameters).keys()].join(', ')
  return `has parameters (${names}): a SQLite file takes none`
}
