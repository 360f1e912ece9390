import type { Codes } from './codes'
import type { Counters } from './counters'
import type { Proofs } from './proofs'
import type { Sessions } from './sessions'
import type { Trial } from './trial'
import type { Users } from './users'
import type { Values } from './values'

/**
 * What the service remembers, behind six small contracts. All times are milliseconds since 1970
 * and come from the caller: one clock decides, and tests can hold it. Every method may throw
 * LoginError `store_unavailable`. A write that resolved is durable, unless its contract says
 * otherwise.
 */
export interface Store {
  readonly codes: Codes
  readonly sessions: Sessions
  readonly users: Users
  readonly counters: Counters
  readonly values: Values
  readonly proofs: Proofs
  /** Removes one batch of what has expired; resolves to whether there may be more. */
  sweep(now: number): Promise<boolean>
  /** Writes a little; resolves when that works. */
  ping(): Promise<void>
  /** Whether a login could be served now, for each server that the store stands on. */
  readonly trials: readonly Trial[]
  close(): Promise<void>
}

/** Rows of each kind that one sweep removes at the most. */
export const SWEEP_BATCH = 500
