/** Counters of calls, one for all instances. */
export interface Counters {
  /** Counts one more call under a name, in windows that begin with the first call. */
  count(name: string, windowMs: number, now: number): Promise<CallCount>
}

export interface CallCount {
  /** Calls in this window, this one included. */
  readonly count: number
  /** When the window ends. */
  readonly endsAt: number
}
