import { setTimeout as sleep } from 'node:timers/promises'
import { LoginError } from '../../../errors'
import { backOff } from '../../back-off'
import { withDeadline } from '../../deadline'
import { createOutageLog, type OutageLog } from '../../outage-log'
import type { RedisAddress } from './address'
import { Connection } from './connection'
import { reasonOf } from './errors'
import { REDIS_SETTING, type RedisRouteOptions } from './redis-route'
import { fixOf } from './refusals'

export interface RedisLinkOptions extends Omit<RedisRouteOptions, 'url'> {
  /** Where to connect to. Asked before each attempt: after a failover the primary is elsewhere. */
  locate(): Promise<RedisAddress>
  /** Refuse a server that is a replica: then the sentinels' answer was out of date. */
  mustBePrimary?: boolean
}

/**
 * A way to one Redis server that mends itself: it keeps one connection until `close`, and tries
 * again after growing, jittered pauses of up to a second.
 */
export class RedisLink {
  /** Settles with the first attempt to connect, however that ended. */
  readonly tried: Promise<void>
  readonly #options: RedisLinkOptions
  readonly #closing = new AbortController()
  readonly #outages: OutageLog
  #connection: Connection | undefined
  #settleTried = (): void => {}

  constructor(options: RedisLinkOptions) {
    this.#options = options
    this.#outages = createOutageLog(options.events, REDIS_SETTING)
    this.tried = new Promise(resolve => {
      this.#settleTried = resolve
    })
    void this.#keepConnected()
  }

  /**
   * Runs one command, or fails at once while there is no connection.
   *
   * @throws LoginError `store_unavailable`, or the library's error with what Redis answered
   */
  async send(args: readonly string[]): Promise<unknown> {
    const used = this.#connection
    if (!used) {
      const reason = `redis_${this.#outages.reason ?? 'down'}`
      throw new LoginError('store_unavailable', { reason })
    }
    try {
      return await used.send(args)
    } catch (error) {
      // This server is no longer the primary: the next connection goes to the new one.
      if (reasonOf(error) === 'readonly') used.end('readonly')
      throw error
    }
  }

  /** Whether what was read earlier, and not invalidated since, still holds. */
  isFresh(): boolean {
    return this.#connection?.isFresh() === true
  }

  close(): void {
    this.#closing.abort()
    this.#connection?.end('closed')
  }

  #tell(reason: string): void {
    const fix = fixOf(reason)
    if (fix === undefined) this.#outages.lost(reason)
    else this.#outages.refused(reason, fix)
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#closing
    for (let failures = 0; !signal.aborted; ) {
      const begunAt = performance.now()
      const reason = await this.#connectOnce().catch(reasonOf)
      if (!signal.aborted) this.#tell(reason)
      this.#settleTried()
      const wasGood = performance.now() - begunAt > this.#options.patience.redisGoodMs
      failures = wasGood ? 0 : failures + 1
      await sleep(backOff(failures), undefined, { signal, ref: false }).catch(() => {})
    }
  }

  /** One connection, from the attempt to its end. Resolves to why it ended. */
  async #connectOnce(): Promise<string> {
    const { redis, patience, onInvalidate, onLost, onConnected } = this.#options
    const address = await this.#options.locate()
    let resolveEnd = (_reason: string): void => {}
    const end = new Promise<string>(resolve => {
      resolveEnd = resolve
    })
    const onEnd = (reason: string) => {
      this.#connection = undefined
      onLost()
      resolveEnd(reason)
    }
    const opened = await Connection.open({ redis, address, patience, onInvalidate, onEnd })
    if (this.#options.mustBePrimary) await this.#endUnlessPrimary(opened)
    if (this.#closing.signal.aborted) opened.end('closed')
    if (opened.hasEnded()) return end
    this.#connection = opened
    this.#outages.back()
    this.#settleTried()
    // `onConnected` looks for settings to warn of. The connection is good even where that fails.
    await onConnected(args => this.send(args)).catch(() => {})
    return end
  }

  async #endUnlessPrimary(opened: Connection): Promise<void> {
    const role = await withDeadline(opened.send(['ROLE']), this.#options.patience.storeMs).catch(
      reasonOf,
    )
    if (!Array.isArray(role) || role[0] !== 'master') opened.end('not_primary')
  }
}
