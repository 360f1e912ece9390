import type { Result } from '../sql/driver'
import type { Value } from '../sql/statement'

/** One write on its way to the writing thread: the key of its sequence, then the values. */
export type WriteMessage = readonly [sequence: string, ...values: Value[]]

/**
 * The thread's first word, once the file is open and known to be whole; or `DAMAGED`, and then it
 * writes nothing. What it says later are the results of batches.
 */
export const READY = 'ready'

/** Writes that share one transaction, or the word to end the thread. */
export type WriterMessage = BatchMessage | 'close'

export interface BatchMessage {
  /** When the callers stop waiting, in ms since 1970. */
  readonly deadline: number
  /** The same for the caller who came first, and may have waited for the batch before. */
  readonly firstDeadline: number
  /** Whether the batch has to be on the disk before anybody hears of it. */
  readonly durable: boolean
  /** Places in `writes` of those after which nothing deleted may be left in the WAL. */
  readonly shredding: readonly number[]
  readonly writes: readonly WriteMessage[]
}

/** The result of each statement of a write, or why nothing of it was written. */
export type WriteResult = readonly Result[] | WriteFailure

export interface WriteFailure {
  readonly code: string
}
