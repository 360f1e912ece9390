import type * as Redis from '@redis/client'
import type { RedisNode, RedisUrl } from '../../redis-url'
import { withDeadline } from '../deadline'
import { reasonOf } from './errors'

/** The package `@redis/client`, an optional peer. */
export type RedisModule = typeof Redis

export interface RedisAddress {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
  readonly database: number
}

export interface ConnectionListeners {
  /** A key that was read over this connection has changed; null: all of them. */
  onInvalidate(key: string | null): void
  /** The connection is lost; told once, at once, before anything else can be asked. */
  onEnd(reason: string): void
}

export interface Connection {
  send(args: readonly string[]): Promise<unknown>
  /**
   * Whether the server answered lately: then every change of the past, up to MAX_SILENCE_MS ago,
   * has been told to us. After a pause of this process it is false until the server speaks again.
   */
  isFresh(): boolean
  end(reason: string): void
  hasEnded(): boolean
}

export function addressOf(url: RedisUrl, { host, port }: RedisNode): RedisAddress {
  const { tls, username, password, database } = url
  return { host, port, tls, username, password, database }
}

/** A connection that is tried once: whoever opens it decides what follows. */
export function socketOptions(
  { host, port, tls }: Pick<RedisAddress, 'host' | 'port' | 'tls'>,
  connectTimeout: number,
) {
  const once = { host, port, connectTimeout, reconnectStrategy: false } as const
  return tls ? ({ ...once, tls } as const) : once
}

const CONNECT_TIMEOUT_MS = 800
const PING_EVERY_MS = 250
/** Together with the pause between pings a hung connection is given up within 3/4 of a second. */
const PING_PATIENCE_MS = 500
const MAX_SILENCE_MS = 1000

/**
 * One connection, from its handshake to its end: it never reconnects by itself, so that its end is
 * heard once. The library's own time-outs stop at a command's departure and its pings wait for
 * ever; a server that hangs is noticed here.
 */
export async function connect(
  redis: RedisModule,
  { host, port, tls, username, password, database }: RedisAddress,
  { onInvalidate, onEnd }: ConnectionListeners,
): Promise<Connection> {
  const client = redis.createClient({
    socket: socketOptions({ host, port, tls }, CONNECT_TIMEOUT_MS),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    database,
    RESP: 3,
    name: 'miniprogram-login',
    emitInvalidate: true,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    commandOptions: { timeout: 0 },
  })
  let state: 'opening' | 'open' | 'ended' = 'opening'
  let heardAt = performance.now()
  let timer: NodeJS.Timeout | undefined

  function end(reason: string): void {
    if (state === 'ended') return
    const wasOpen = state === 'open'
    state = 'ended'
    clearTimeout(timer)
    if (wasOpen) onEnd(reason)
    client.destroy()
  }

  /** Asks for a sign of life; what was sent before the sign has arrived before it. */
  function ping(): void {
    const sentAt = performance.now()
    // A process that was itself held up reads first what has arrived in the meantime.
    timer = setTimeout(
      () => setImmediate(() => sentAt > heardAt && end('silent')),
      PING_PATIENCE_MS,
    )
    timer.unref()
    client.sendCommand(['PING']).then(
      () => {
        heardAt = sentAt
        clearTimeout(timer)
        if (state === 'open') timer = setTimeout(ping, PING_EVERY_MS).unref()
      },
      error => end(reasonOf(error)),
    )
  }

  // Also keeps an error from ending the process, which an 'error' event without listener does.
  client.on('error', error => end(reasonOf(error)))
  client.on('invalidate', (key: { toString(): string } | null) => {
    onInvalidate(key === null ? null : key.toString())
  })
  try {
    // The library's time-out ends with the TCP connection; a hung server takes that still.
    await withDeadline(client.connect(), CONNECT_TIMEOUT_MS)
  } catch (error) {
    end('not_connected')
    throw error
  }
  state = 'open'
  heardAt = performance.now()
  timer = setTimeout(ping, PING_EVERY_MS).unref()

  return {
    send: args => client.sendCommand(args),
    isFresh: () => state === 'open' && performance.now() - heardAt < MAX_SILENCE_MS,
    end,
    hasEnded: () => state === 'ended',
  }
}
