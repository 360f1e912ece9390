/** One server that a store stands on, and whether a login could use it now. */
export interface Trial {
  readonly part: 'database' | 'redis'
  /**
   * Does there what a login does, under the rights and limits that a login meets. Nothing of it
   * stays, and nobody else sees it.
   *
   * @throws LoginError `store_unavailable`
   */
  run(now: number): Promise<void>
}

/** A trial that was cut off leaves what lives no longer than this, in milliseconds. */
export const TRIAL_LIFE_MS = 10_000
