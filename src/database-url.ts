export interface DatabaseUrl {
  /** As the driver takes it, without the parameters that are ours. */
  readonly url: string
  /** Most connections of this process, from `?connection_limit=`. Default 10. */
  readonly connectionLimit: number
}

/** Takes our own parameter off a `postgres://` or `mysql://` URL. */
export function readDatabaseUrl(text: string): DatabaseUrl {
  const url = new URL(text)
  const limit = Number(url.searchParams.get('connection_limit') ?? 10)
  url.searchParams.delete('connection_limit')
  return { url: url.href, connectionLimit: limit }
}

/** Why a database URL cannot be used, or undefined; never shows it, for it may hold a password. */
export function problemWithDatabaseUrl(text: string): string | undefined {
  if (text === 'memory:') return undefined
  if (text.startsWith('sqlite:')) return problemWithSqlite(text.slice('sqlite:'.length))
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !['postgres:', 'postgresql:', 'mysql:', 'mariadb:'].includes(url.protocol)) {
    return 'must be sqlite:<file>, postgres://…, mysql://… or memory:'
  }
  if (url.pathname.length < 2) return 'must name the database, as in postgres://host/database'
  const limit = url.searchParams.get('connection_limit') ?? '10'
  if (!/^[1-9]\d{0,3}$/.test(limit)) return 'connection_limit must be a whole number from 1 to 9999'
  return undefined
}

function problemWithSqlite(file: string): string | undefined {
  if (file === '') return 'must name a file, as in sqlite:./data/login.db'
  if (file.includes(':memory:')) return 'must be memory: for a store in memory'
  if (/^\/\/[^/]/.test(file))
    return 'must be sqlite:<file>, without //, as in sqlite:./data/login.db'
  return undefined
}
