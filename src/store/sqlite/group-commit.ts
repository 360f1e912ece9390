import { Worker } from 'node:worker_threads'
import { LoginError } from '../../errors'
import type { Result } from '../sql/sql-store'
import { countOf, type WireResult, type WireWrite } from './wire'
import type { WriterOptions } from './writer'

interface Waiting {
  readonly write: WireWrite
  readonly durable: boolean
  /** When its caller began to wait, by the machine's uptime. */
  readonly since: number
  readonly resolve: (results: readonly Result[]) => void
  readonly reject: (error: LoginError) => void
}

/**
 * Statements that go into one transaction at the most: a page that many of them change goes to the
 * disk once, and a transaction stays far from BATCH_TIMEOUT_MS.
 */
const MAX_STATEMENTS = 4096
/** Writes that may wait for the thread; one more is `overloaded`. */
const MAX_WAITING = 10_000
/** A batch that takes longer fails its callers; whether it is committed is then unknown to them. */
const BATCH_TIMEOUT_MS = 1000
const CLOSE_TIMEOUT_MS = 5000
/** A thread that dies is replaced, but not in a tight loop. */
const RESTART_DELAY_MS = 500

/**
 * Gathers writes while the writing thread is busy and hands them over as one batch: under load
 * hundreds of writes share one commit and one fsync, and nobody hears "done" before it.
 */
export class GroupCommit {
  readonly #options: { script: string; workerData: WriterOptions }
  #worker: Worker | undefined
  #startedAt = Number.NEGATIVE_INFINITY
  #waiting: Waiting[] = []
  #inFlight: readonly Waiting[] = []
  #timer: NodeJS.Timeout | undefined
  #stalled = false
  #scheduled = false
  #closing: (() => void) | undefined

  constructor(options: { script: string; workerData: WriterOptions }) {
    this.#options = options
    this.#start()
  }

  /** Resolves with each statement's result once the write is committed, and on the disk where `durable`. */
  write(write: WireWrite, durable: boolean): Promise<readonly Result[]> {
    if (this.#closing) return Promise.reject(unavailable('closed'))
    if (this.#stalled) return Promise.reject(unavailable('disk_stalled'))
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.reject(new LoginError('overloaded', { reason: 'store_queue' }))
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, durable, since: performance.now(), resolve, reject })
      this.#schedule()
    })
  }

  /** Finishes what waits, closes the file and ends the thread, which a dead disk may not hold up. */
  close(): Promise<void> {
    return new Promise(resolve => {
      const force = setTimeout(() => this.#worker?.terminate(), CLOSE_TIMEOUT_MS)
      this.#closing = () => {
        clearTimeout(force)
        resolve()
      }
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#scheduled || this.#inFlight.length > 0) return
    this.#scheduled = true
    // What else this turn of the event loop brings rides along.
    setImmediate(() => {
      this.#scheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#inFlight.length > 0) return
    const worker = this.#worker ?? this.#start()
    if (this.#waiting.length === 0) {
      if (!this.#closing) return
      if (!worker) {
        this.#closing()
        return
      }
      worker.ref()
      worker.postMessage('close')
      return
    }
    const batch = this.#takeBatch()
    if (!worker) {
      for (const { reject } of batch) reject(unavailable('writer_down'))
      this.#schedule()
      return
    }
    this.#inFlight = batch
    worker.ref()
    const deadline = Date.now() + BATCH_TIMEOUT_MS
    const waited = performance.now() - (batch[0]?.since ?? 0)
    worker.postMessage({
      deadline,
      firstDeadline: deadline - waited,
      durable: batch.some(({ durable }) => durable),
      writes: batch.map(({ write }) => write),
    })
    // After a pause of the whole process the answer may be waiting: it is read before the second look.
    const look = () => setImmediate(() => this.#inFlight === batch && this.#stall())
    this.#timer = setTimeout(look, BATCH_TIMEOUT_MS)
  }

  #takeBatch(): Waiting[] {
    let statements = 0
    const rest = this.#waiting.findIndex(({ write: [key] }) => {
      statements += countOf(key)
      return statements > MAX_STATEMENTS
    })
    return this.#waiting.splice(0, rest < 0 ? this.#waiting.length : Math.max(1, rest))
  }

  /** The thread waits for a disk or a lock that does not come: fail at once until it is back. */
  #stall(): void {
    this.#stalled = true
    for (const { reject } of [...this.#inFlight, ...this.#waiting]) {
      reject(unavailable('disk_stalled'))
    }
    this.#waiting = []
  }

  #settle(results: readonly WireResult[]): void {
    // Callers of a stalled batch have been told.
    const batch = this.#stalled ? [] : this.#inFlight
    this.#idle()
    for (const [index, waiting] of batch.entries()) settle(waiting, results[index])
    if (this.#waiting.length > 0 || this.#closing) this.#flush()
  }

  #idle(): void {
    clearTimeout(this.#timer)
    this.#inFlight = []
    this.#stalled = false
    this.#worker?.unref()
  }

  #start(): Worker | undefined {
    if (performance.now() - this.#startedAt < RESTART_DELAY_MS) return undefined
    this.#startedAt = performance.now()
    const worker = new Worker(this.#options.script, { workerData: this.#options.workerData })
    worker.on('message', (results: readonly WireResult[]) => this.#settle(results))
    // The exit that follows tells the callers; unheard, the error would end the process.
    worker.on('error', () => {})
    worker.on('exit', () => {
      this.#worker = undefined
      const lost = this.#inFlight
      this.#idle()
      for (const { reject } of lost) reject(unavailable('writer_died'))
      if (this.#closing && this.#waiting.length === 0) this.#closing()
      else if (this.#waiting.length > 0) this.#schedule()
    })
    worker.unref()
    this.#worker = worker
    return worker
  }
}

function settle({ resolve, reject }: Waiting, result: WireResult | undefined): void {
  if (result && !('code' in result)) resolve(result)
  else reject(unavailable(result?.code ?? 'no_result'))
}

function unavailable(reason: string): LoginError {
  return new LoginError('store_unavailable', { reason })
}
