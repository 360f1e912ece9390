import type { RedisNode, RedisUrl } from '../../../config/redis-url'

/** One server and how to log in to it. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
  readonly database: number
}

export function addressOf(url: RedisUrl, { host, port }: RedisNode): RedisAddress {
  const { tls, username, password, database } = url
  return { host, port, tls, username, password, database }
}

/** The library's options for a connection that is tried once: the caller decides what follows. */
export function socketOptions(
  { host, port, tls }: Pick<RedisAddress, 'host' | 'port' | 'tls'>,
  connectTimeout: number,
) {
  const once = { host, port, connectTimeout, reconnectStrategy: false } as const
  return tls ? ({ ...once, tls } as const) : once
}

/** The library's options for a login; empty where the URL names none. */
export function loginOptions({ username, password }: Pick<RedisAddress, 'username' | 'password'>) {
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  }
}
