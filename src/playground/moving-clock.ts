/** A clock that a developer may put forward, to see a token expire without two hours of waiting. */
export interface MovingClock {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** How far it stands before the machine's clock, in seconds. */
  readonly aheadSeconds: number
  /**
   * Never back: a server that meets its own future refuses tokens for reasons that no user has.
   *
   * @throws TypeError when it would be more than a day ahead, or for no whole number of seconds
   */
  forward(seconds: number): void
}

/** Within a day no session and no user ends, so that only tokens and session_keys grow old. */
const MOST_SECONDS = 86_400

export function createMovingClock(): MovingClock {
  let aheadSeconds = 0
  return {
    now: () => Date.now() + aheadSeconds * 1000,
    get aheadSeconds() {
      return aheadSeconds
    },
    forward(seconds) {
      if (!Number.isSafeInteger(seconds) || seconds < 1) {
        throw new TypeError('"seconds" must be a whole number from 1')
      }
      if (aheadSeconds + seconds > MOST_SECONDS) throw new TypeError('a day ahead is the most')
      aheadSeconds += seconds
    },
  }
}
