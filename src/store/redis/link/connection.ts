import { withDeadline } from '../../deadline'
import { loginOptions, type RedisAddress, socketOptions } from './address'
import { reasonOf } from './errors'
import type { RedisModule, RedisPatience } from './redis-route'

export interface ConnectionOptions {
  redis: RedisModule
  address: RedisAddress
  patience: Pick<
    RedisPatience,
    'redisConnectMs' | 'redisPingEveryMs' | 'redisPingMs' | 'redisSilenceMs'
  >
  /** A key that was read over this connection has changed; null: all of them. */
  onInvalidate(redisKey: string | null): void
  /** The connection is lost. Told once, at once, before anything else can be asked. */
  onEnd(reason: string): void
}

type Client = ReturnType<typeof createClient>

/**
 * One connection, from its handshake to its end. It never reconnects by itself, so that its end is
 * heard once. It sends a PING every 250 ms, and ends 500 ms after one that was not answered. The
 * library's own PING waits for ever: of 155 commands to a server that hung, each waited until our
 * deadline of 0.90 s; now all but the first fail at once (`npm run bench:redis-client`).
 */
export class Connection {
  readonly #client: Client
  readonly #options: ConnectionOptions
  #state: 'opening' | 'open' | 'ended' = 'opening'
  /** When the last PING that was answered had been sent. */
  #heardAt = 0
  #timer: NodeJS.Timeout | undefined

  private constructor(options: ConnectionOptions) {
    this.#options = options
    this.#client = createClient(options)
    // Without a listener an 'error' event would end the process.
    this.#client.on('error', (error: unknown) => this.end(reasonOf(error)))
    this.#client.on('invalidate', (redisKey: { toString(): string } | null) => {
      options.onInvalidate(redisKey === null ? null : redisKey.toString())
    })
  }

  /** @throws the library's error, or LoginError `store_unavailable` when it takes too long */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const connection = new Connection(options)
    await connection.#connect()
    return connection
  }

  async #connect(): Promise<void> {
    const { redisConnectMs, redisPingEveryMs } = this.#options.patience
    try {
      // The library's time-out ends with the TCP connection, which a hung server still accepts.
      await withDeadline(this.#client.connect(), redisConnectMs)
    } catch (error) {
      this.end('not_connected')
      throw error
    }
    this.#state = 'open'
    this.#heardAt = performance.now()
    this.#timer = setTimeout(() => this.#ping(), redisPingEveryMs).unref()
  }

  /** @throws the library's error with what Redis answered */
  send(args: readonly string[]): Promise<unknown> {
    return this.#client.sendCommand(args)
  }

  /**
   * Whether the server answered lately: then we were told of every change that is older than
   * `redisSilenceMs`. After a pause of this process it is false until the server speaks again.
   */
  isFresh(): boolean {
    const { redisSilenceMs } = this.#options.patience
    return this.#state === 'open' && performance.now() - this.#heardAt < redisSilenceMs
  }

  hasEnded(): boolean {
    return this.#state === 'ended'
  }

  end(reason: string): void {
    if (this.#state === 'ended') return
    const wasOpen = this.#state === 'open'
    this.#state = 'ended'
    clearTimeout(this.#timer)
    if (wasOpen) this.#options.onEnd(reason)
    this.#client.destroy()
  }

  #ping(): void {
    const { redisPingMs, redisPingEveryMs } = this.#options.patience
    const sentAt = performance.now()
    // A process that was itself held up first reads what has arrived in the meantime.
    const endIfSilent = () => setImmediate(() => sentAt > this.#heardAt && this.end('silent'))
    this.#timer = setTimeout(endIfSilent, redisPingMs).unref()
    this.#client.sendCommand(['PING']).then(
      () => {
        // What Redis sent before this answer has arrived before it: also the news of changed keys.
        this.#heardAt = sentAt
        clearTimeout(this.#timer)
        if (this.#state !== 'open') return
        this.#timer = setTimeout(() => this.#ping(), redisPingEveryMs).unref()
      },
      (error: unknown) => this.end(reasonOf(error)),
    )
  }
}

function createClient({ redis, address, patience }: ConnectionOptions) {
  return redis.createClient({
    socket: socketOptions(address, patience.redisConnectMs),
    ...loginOptions(address),
    database: address.database,
    RESP: 3,
    name: 'miniprogram-login',
    emitInvalidate: true,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    commandOptions: { timeout: 0 },
  })
}
