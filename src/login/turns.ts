import { LoginError } from '../errors'

/** Who had a token checked so lately may have one checked again. */
const CHECKS_STAY_MS = 1000
/** So many checks cost somewhat more than the one step that goes on for them. */
const CHECKS_PER_STEP = 2
/** Those who wait speed themselves up: a queue grows only until a turn takes as many as it brings. */
const WAITING_PER_STEP = 32
/** Logins that may wait to set out; one more is `overloaded`. */
const MAX_WAITING = 10_000

/**
 * Shares the event loop between logins and all who show a token. A login is many times the work of
 * a check, and logins come together: those of one commit, or whom a slow network held up. While
 * tokens are checked, logins therefore go on step by step: in each turn of the event loop one step,
 * another for every two tokens checked since the turn before, and another for every 32 that wait.
 * Counts, not times: a turn that something else made long gives no reason for a long one after it.
 * Where nobody checks nobody waits, which is cheaper: those who go on together come back together
 * and share a commit again.
 */
export interface Turns {
  /** Says that a token is being checked: for a second from now, logins wait for their turns. */
  noteCheck(): void
  /**
   * Resolves when a login may set out: after all that have.
   *
   * @throws LoginError `overloaded` when too many wait
   */
  begin(): Promise<void>
  /** Resolves when a login that has set out may go on. */
  next(): Promise<void>
}

export function createTurns(): Turns {
  const underWay: (() => void)[] = []
  const settingOut: (() => void)[] = []
  let isScheduled = false
  let checks = 0
  let lastCheck = Number.NEGATIVE_INFINITY

  const waiting = (): number => underWay.length + settingOut.length
  const isChecking = (): boolean => performance.now() - lastCheck <= CHECKS_STAY_MS
  const step = (): void => (underWay.shift() ?? settingOut.shift())?.()

  function stepsOfTurn(): number {
    if (!isChecking()) return waiting()
    const steps =
      1 + Math.floor(checks / CHECKS_PER_STEP) + Math.floor(waiting() / WAITING_PER_STEP)
    return Math.min(steps, waiting())
  }

  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    checks = 0
    setImmediate(() => {
      isScheduled = false
      for (let i = stepsOfTurn(); i > 0; i--) step()
      if (waiting() > 0) schedule()
    })
  }

  async function turnIn(queue: (() => void)[]): Promise<void> {
    if (waiting() === 0 && !isChecking()) return
    await new Promise<void>(resolve => {
      queue.push(resolve)
      schedule()
    })
  }

  return {
    noteCheck() {
      checks++
      lastCheck = performance.now()
    },
    async begin() {
      if (settingOut.length >= MAX_WAITING) {
        throw new LoginError('overloaded', { reason: 'login_queue' })
      }
      await turnIn(settingOut)
    },
    next: () => turnIn(underWay),
  }
}
