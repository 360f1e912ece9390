import { LoginError } from '../errors'
import type { Snapshot } from '../observe/metrics/cells'
import type { ConnectMetrics } from '../observe/metrics/metrics'
import type { Patience } from '../patience'
import { type FromWorker, isOfMetrics } from './metrics-messages'

/** The channel to the first process: `process` of a worker. */
export interface Channel {
  readonly connected: boolean
  send?(message: FromWorker, handle: undefined, options: object, done: () => void): unknown
  on(event: 'message', listener: (message: unknown) => void): unknown
  off(event: 'message', listener: (message: unknown) => void): unknown
}

/**
 * A worker's part in metrics that count all processes. It says what it counted when it is asked, by
 * itself every `tellCountedMs`, and at its end, so that what it counted outlives it.
 */
export class WorkerMetrics {
  readonly #waiting = new Map<number, (snapshots: readonly Snapshot[]) => void>()
  #count: () => Snapshot = () => ({ sums: [], levels: [] })
  #telling: NodeJS.Timeout | undefined
  #questions = 0

  constructor(
    private readonly patience: Pick<Patience, 'gatherMs' | 'tellCountedMs'>,
    private readonly channel: Channel = process as Channel,
  ) {}

  readonly connect: ConnectMetrics = count => {
    this.#count = count
    this.channel.on('message', this.#hear)
    this.#telling = setInterval(() => this.#tell(), this.patience.tellCountedMs).unref()
    return () => this.#gather()
  }

  /** Tells the first process for the last time what this worker counted. */
  async stop(): Promise<void> {
    clearInterval(this.#telling)
    this.channel.off('message', this.#hear)
    await this.#tell()
  }

  readonly #hear = (message: unknown): void => {
    if (!isOfMetrics(message)) return
    const { metrics, question = 0 } = message
    if (metrics === 'count') {
      void this.#send({ metrics: 'counted', snapshot: this.#count(), question })
    } else if (metrics === 'gathered') this.#waiting.get(question)?.(message.snapshots)
  }

  #tell(): Promise<void> {
    return this.#send({ metrics: 'counted', snapshot: this.#count() })
  }

  /** Resolves when the message has left, or has nowhere to go. */
  #send(message: FromWorker): Promise<void> {
    const { channel } = this
    return new Promise(resolve => {
      if (channel.connected && channel.send) channel.send(message, undefined, {}, () => resolve())
      else resolve()
    })
  }

  /** @throws LoginError `overloaded` when the first process does not answer in `gatherMs` */
  async #gather(): Promise<readonly Snapshot[]> {
    const question = ++this.#questions
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise((resolve, reject) => {
        // The counts of this process alone would look like counters that were set back.
        const late = () => reject(new LoginError('overloaded', { reason: 'metrics' }))
        timer = setTimeout(late, this.patience.gatherMs)
        this.#waiting.set(question, resolve)
        void this.#send({ metrics: 'gather', question })
      })
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(question)
    }
  }
}
