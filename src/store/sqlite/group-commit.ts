import { Worker } from 'node:worker_threads'
import { LoginError } from '../../errors'
import type { Patience } from '../../patience'
import type { Result } from '../sql/driver'
import { DAMAGED, FILE_GONE } from './damage'
import type { WriterOptions } from './writer'
import type { BatchMessage, READY, WriteMessage, WriteResult } from './writer-messages'

export interface GroupCommitOptions {
  /** The writing thread's program. */
  script: string
  workerData: WriterOptions
  patience: Pick<Patience, 'startMs' | 'sqliteBatchMs' | 'sqliteRestartMs' | 'closeMs'>
  /** Whether the thread starts at once; otherwise the first write, or closing, starts it. */
  startsAtOnce: boolean
  /** Hears that the thread found the file damaged. */
  onDamage: () => void
}

export interface WriteRequest {
  readonly message: WriteMessage
  /** How many statements it runs. */
  readonly statements: number
  /** Whether it has to be on the disk before its caller hears of it. */
  readonly durable: boolean
  /** Whether its caller hears of it only once nothing deleted is left in the WAL. */
  readonly shred: boolean
}

interface PendingWrite extends WriteRequest {
  /** When its caller began to wait, by the machine's uptime. */
  readonly since: number
  readonly resolve: (results: readonly Result[]) => void
  readonly reject: (error: LoginError) => void
}

/**
 * Statements that go into one transaction at the most: a page that many of them change goes to the
 * disk once, and a transaction stays far from `sqliteBatchMs`. With 1, each write commits alone.
 */
const MAX_STATEMENTS = 4096
/** The thread takes long to open the file or to look through it. */
const NOT_OPEN = 'not_open_yet'
/** The thread ended before it had the file open, and is started again a moment later. */
const DOWN = 'writer_down'
/** Writes that may wait for the thread; one more is `overloaded`. */
const MAX_WAITING = 10_000

/**
 * Gathers writes while the writing thread is busy and hands them over as one batch. Under load
 * hundreds of writes share one commit and one fsync, and nobody hears "done" before it: figures in
 * docs/decisions/sqlite-group-commit.md.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  #worker: Worker | undefined
  /** Whether the thread has opened the file. Until then writes wait, for `startMs` at the most. */
  #isReady = false
  #startTimer: NodeJS.Timeout | undefined
  /** Why every write is refused. */
  #refusal: typeof DAMAGED | typeof NOT_OPEN | undefined
  /** Why there is no thread, where there is none. */
  #whyDown: typeof DOWN | typeof FILE_GONE = DOWN
  #startedAt = Number.NEGATIVE_INFINITY
  #queue: PendingWrite[] = []
  /** What the thread is writing; empty while it has nothing to do. */
  #batch: readonly PendingWrite[] = []
  #stallTimer: NodeJS.Timeout | undefined
  /** The batch takes too long: its callers have been told, and further ones are told at once. */
  #isStalled = false
  #isFlushDue = false
  #onClosed: (() => void) | undefined
  /** The thread was given up: no other follows it. */
  #isAbandoned = false

  constructor(options: GroupCommitOptions) {
    this.#options = options
    if (options.startsAtOnce) this.#start()
  }

  /** Resolves with each statement's result once the write is committed, and on the disk where `durable`. */
  write(request: WriteRequest): Promise<readonly Result[]> {
    if (this.#onClosed) return Promise.reject(unavailable('closed'))
    if (this.#refusal) return Promise.reject(unavailable(this.#refusal))
    if (this.#isStalled) return Promise.reject(unavailable('disk_stalled'))
    if (this.#queue.length >= MAX_WAITING) {
      return Promise.reject(new LoginError('overloaded', { reason: 'store_queue' }))
    }
    return new Promise((resolve, reject) => {
      const { message, statements, durable, shred } = request
      const since = performance.now()
      this.#queue.push({ message, statements, durable, shred, since, resolve, reject })
      this.#flushSoon()
    })
  }

  /** Finishes what waits, closes the file and ends the thread, which a dead disk may not hold up. */
  close(): Promise<void> {
    return new Promise(resolve => {
      const force = setTimeout(() => this.#abandon(), this.#options.patience.closeMs)
      this.#onClosed = () => {
        clearTimeout(force)
        resolve()
      }
      this.#flushSoon()
    })
  }

  /** Ends the thread and does not wait for its end: one that hangs in a call to the disk has none. */
  #abandon(): void {
    this.#isAbandoned = true
    const worker = this.#worker
    worker?.terminate()
    // Afterwards, for ending it refs it.
    worker?.unref()
    this.#afterExit()
  }

  /** Whatever else this turn of the event loop brings goes into the same batch. */
  #flushSoon(): void {
    if (this.#isFlushDue || this.#batch.length > 0) return
    this.#isFlushDue = true
    setImmediate(() => {
      this.#isFlushDue = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#batch.length > 0) return
    const worker = this.#worker ?? this.#start()
    if (this.#queue.length === 0) return this.#closeIfAsked(worker)
    if (worker && !this.#isReady) return this.#waitForStart()
    const batch = this.#takeBatch()
    if (!worker) {
      for (const { reject } of batch) reject(unavailable(this.#whyDown))
      this.#flushSoon()
      return
    }
    this.#batch = batch
    worker.ref()
    worker.postMessage(this.#messageOf(batch))
    // After a pause of the whole process the answer may be waiting: it is read before the second look.
    const look = () => setImmediate(() => this.#batch === batch && this.#stall())
    this.#stallTimer = setTimeout(look, this.#options.patience.sqliteBatchMs)
  }

  #waitForStart(): void {
    this.#startTimer ??= setTimeout(
      () => setImmediate(() => this.#isReady || this.#refuse(NOT_OPEN)),
      this.#options.patience.startMs,
    )
  }

  #refuse(reason: typeof DAMAGED | typeof NOT_OPEN): void {
    this.#refusal = reason
    for (const { reject } of this.#queue.splice(0)) reject(unavailable(reason))
    this.#flushSoon()
  }

  #hear(said: typeof READY | typeof DAMAGED | readonly WriteResult[]): void {
    if (typeof said === 'object') return this.#settle(said)
    this.#endStart()
    if (said === DAMAGED) {
      this.#refuse(said)
      this.#options.onDamage()
    } else {
      this.#isReady = true
      this.#whyDown = DOWN
      this.#flushSoon()
    }
  }

  #endStart(): void {
    clearTimeout(this.#startTimer)
    this.#startTimer = undefined
    this.#refusal = undefined
  }

  #closeIfAsked(worker: Worker | undefined): void {
    if (!this.#onClosed) return
    if (!worker) return this.#onClosed()
    worker.ref()
    worker.postMessage('close')
  }

  /** From the front of the queue as many as fit into one transaction, one at the least. */
  #takeBatch(): PendingWrite[] {
    let total = 0
    const firstLeft = this.#queue.findIndex(({ statements }) => {
      total += statements
      return total > MAX_STATEMENTS
    })
    return this.#queue.splice(0, firstLeft < 0 ? this.#queue.length : Math.max(1, firstLeft))
  }

  #messageOf(batch: readonly PendingWrite[]): BatchMessage {
    const deadline = Date.now() + this.#options.patience.sqliteBatchMs
    const waited = performance.now() - (batch[0]?.since ?? 0)
    return {
      deadline,
      firstDeadline: deadline - waited,
      durable: batch.some(({ durable }) => durable),
      shredding: batch.flatMap(({ shred }, place) => (shred ? [place] : [])),
      writes: batch.map(({ message }) => message),
    }
  }

  /** The thread waits for a disk or a lock that does not come: fail at once until it is back. */
  #stall(): void {
    this.#isStalled = true
    for (const { reject } of [...this.#batch, ...this.#queue]) reject(unavailable('disk_stalled'))
    this.#queue = []
  }

  #settle(results: readonly WriteResult[]): void {
    // Callers of a stalled batch have been told.
    const batch = this.#isStalled ? [] : this.#batch
    this.#endBatch()
    for (const [index, pending] of batch.entries()) settle(pending, results[index])
    if (this.#queue.length > 0 || this.#onClosed) this.#flush()
  }

  #endBatch(): void {
    clearTimeout(this.#stallTimer)
    this.#batch = []
    this.#isStalled = false
    this.#worker?.unref()
  }

  /** A thread that dies is replaced, but not in a tight loop: then there is none for a moment. */
  #start(): Worker | undefined {
    const { script, workerData, patience } = this.#options
    if (this.#isAbandoned) return undefined
    if (performance.now() - this.#startedAt < patience.sqliteRestartMs) return undefined
    this.#startedAt = performance.now()
    const worker = new Worker(script, { workerData })
    worker.on('message', said => this.#hear(said))
    // The exit that follows tells the callers; unheard, the error would end the process.
    worker.on('error', ({ message }) => {
      this.#whyDown = message === FILE_GONE ? FILE_GONE : DOWN
    })
    worker.on('exit', () => this.#afterExit())
    worker.unref()
    this.#worker = worker
    return worker
  }

  /** What waits goes to the next thread, but where this one could not open the file, or is the last. */
  #afterExit(): void {
    const reason = this.#isReady ? 'writer_died' : this.#whyDown
    const isQueueLost = !this.#isReady || this.#onClosed !== undefined
    const lost = [...this.#batch, ...(isQueueLost ? this.#queue.splice(0) : [])]
    this.#worker = undefined
    this.#isReady = false
    this.#endStart()
    this.#endBatch()
    for (const { reject } of lost) reject(unavailable(reason))
    if (this.#onClosed) this.#onClosed()
    else if (this.#queue.length > 0) this.#flushSoon()
  }
}

function settle({ resolve, reject }: PendingWrite, result: WriteResult | undefined): void {
  if (result && !('code' in result)) resolve(result)
  else reject(unavailable(result?.code ?? 'no_result'))
}

function unavailable(reason: string): LoginError {
  return new LoginError('store_unavailable', { reason })
}
