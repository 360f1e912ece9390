export interface BreakerOptions {
  /** So many failures in a row open the breaker. */
  failures: number
  /** While the breaker is open, one caller is let through in so many milliseconds, as a trial. */
  trialEveryMs: number
  /** Milliseconds of a clock that is never set back. Default `performance.now`. */
  uptime?: () => number
  onOpen: () => void
  onClose: () => void
}

/**
 * What came of a turn. `answered`: the platform said something, whatever it was. `failed`: it was
 * silent or could not be reached. `unasked`: it was not asked, so the turn says nothing about it.
 */
export type TurnOutcome = 'answered' | 'failed' | 'unasked'

/** A caller's right to ask the platform. */
export interface Turn {
  /** False once the breaker has changed since: a caller that has not set out by then must not. */
  holds(): boolean
  /** Only the first outcome counts. */
  settle(outcome: TurnOutcome): void
}

export interface Breaker {
  isOpen(): boolean
  /** A turn, or undefined where the caller must not ask. It is decided at once, never waited for. */
  enter(): Turn | undefined
}

/**
 * A circuit breaker. After `failures` failures in a row nobody asks a platform that does not answer;
 * then one caller in `trialEveryMs` does, and its answer lets everybody in again. A trial that hangs
 * for its whole deadline keeps the next trial from nothing, so a platform that is back is found
 * within `trialEveryMs`.
 *
 * A failure counts only in the era in which its turn began: calls that hang since before the breaker
 * closed must not open it again. Why it is not cockatiel's: docs/decisions/circuit-breaker.md.
 */
export function createBreaker(options: BreakerOptions): Breaker {
  const { failures: most, trialEveryMs, onOpen, onClose } = options
  const { uptime = () => performance.now() } = options
  /** Goes up whenever the breaker opens or closes. */
  let era = 0
  let isOpen = false
  let failures = 0
  let nextTrialAt = 0

  function change(toOpen: boolean): void {
    era++
    isOpen = toOpen
    failures = 0
    nextTrialAt = uptime() + trialEveryMs
    if (toOpen) onOpen()
    else onClose()
  }

  function count(outcome: TurnOutcome): void {
    if (isOpen) {
      if (outcome === 'answered') change(false)
      // The trial was none. Somebody else may try at once.
      else if (outcome === 'unasked') nextTrialAt = uptime()
    } else if (outcome === 'answered') failures = 0
    else if (outcome === 'failed' && ++failures >= most) change(true)
  }

  return {
    isOpen: () => isOpen,
    enter() {
      const now = uptime()
      if (isOpen && now < nextTrialAt) return undefined
      if (isOpen) nextTrialAt = now + trialEveryMs
      const begun = era
      return turnThat(() => era === begun, count)
    },
  }
}

function turnThat(holds: () => boolean, count: (outcome: TurnOutcome) => void): Turn {
  let isSettled = false
  return {
    holds,
    settle(outcome) {
      if (isSettled) return
      isSettled = true
      if (holds()) count(outcome)
    },
  }
}
