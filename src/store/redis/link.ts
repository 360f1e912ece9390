import { setTimeout as sleep } from 'node:timers/promises'
import { LoginError } from '../../errors'
import type { Log } from '../../log'
import { backOff } from '../back-off'
import { withDeadline } from '../deadline'
import { createOutageLog } from '../outage-log'
import { type Connection, connect, type RedisAddress, type RedisModule } from './connection'
import { reasonOf } from './errors'

/** A way to Redis that mends itself. */
export interface RedisLink {
  /**
   * Runs one command, or fails at once while there is no connection.
   *
   * @throws LoginError `store_unavailable`, or the library's error with what Redis answered
   */
  send(args: readonly string[]): Promise<unknown>
  /** Whether what was read earlier, and not invalidated since, still holds. */
  isFresh(): boolean
  /** Settles with the first attempt to connect, however that ended. */
  readonly tried: Promise<void>
  close(): void
}

export interface RedisLinkOptions {
  redis: RedisModule
  /** Where to connect to, asked anew each time: after a failover it is elsewhere. */
  locate(): Promise<RedisAddress>
  log: Log
  onInvalidate(key: string | null): void
  /** Nothing that was read before may be used any more. */
  onLost(): void
  /** Refuse a server that is a replica: what the sentinels said was out of date. */
  mustBePrimary?: boolean
  /** A connection is there; its first commands. */
  onConnected?(send: RedisLink['send']): Promise<void>
}

export const REDIS_SETTING = 'REDIS_URL (redisUrl)'
/** A connection that lasted this long was a good one, and the next is tried at once. */
const GOOD_MS = 2000

/** Keeps one connection, for ever: with growing, jittered pauses of up to a second. */
export function createRedisLink(options: RedisLinkOptions): RedisLink {
  const { redis, locate, log, onInvalidate, onLost, onConnected } = options
  const closing = new AbortController()
  const { signal } = closing
  let connection: Connection | undefined
  const outages = createOutageLog(log, REDIS_SETTING)
  let settleTried = (): void => {}
  const tried = new Promise<void>(resolve => {
    settleTried = resolve
  })

  async function connectOnce(): Promise<string> {
    const address = await locate()
    let ended = (_reason: string): void => {}
    const end = new Promise<string>(resolve => {
      ended = resolve
    })
    const onEnd = (reason: string) => {
      connection = undefined
      onLost()
      ended(reason)
    }
    const opened = await connect(redis, address, { onInvalidate, onEnd })
    if (options.mustBePrimary) {
      const role = await withDeadline(opened.send(['ROLE'])).catch(reasonOf)
      if (!Array.isArray(role) || role[0] !== 'master') opened.end('not_primary')
    }
    if (signal.aborted) opened.end('closed')
    if (opened.hasEnded()) return end
    connection = opened
    outages.back()
    settleTried()
    // What the first commands find out is for the log; it must not cost the connection.
    await onConnected?.(send).catch(() => {})
    return end
  }

  async function keepConnected(): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      const connected = performance.now()
      const reason = await connectOnce().catch(reasonOf)
      if (!signal.aborted) outages.lost(reason)
      settleTried()
      failures = performance.now() - connected > GOOD_MS ? 0 : failures + 1
      await sleep(backOff(failures), undefined, { signal, ref: false }).catch(() => {})
    }
  }

  async function send(args: readonly string[]): Promise<unknown> {
    const used = connection
    if (!used)
      throw new LoginError('store_unavailable', { reason: `redis_${outages.reason ?? 'down'}` })
    try {
      return await used.send(args)
    } catch (error) {
      // What was the primary is none any more: find the new one.
      if (reasonOf(error) === 'readonly') used.end('readonly')
      throw error
    }
  }

  void keepConnected()
  return {
    send,
    isFresh: () => connection?.isFresh() === true,
    tried,
    close() {
      closing.abort()
      connection?.end('closed')
    },
  }
}
