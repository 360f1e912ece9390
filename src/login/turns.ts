import { LoginError } from '../errors'

/** Who had a token checked so lately may have one checked again. */
const CHECKS_STAY_MS = 1000
/** Four steps make a login, the work of six checks: so these keep more than half of the time. */
const CHECKS_PER_STEP = 2
/**
 * Those who wait speed themselves up: where turns are long for other reasons, a queue of a few
 * dozen keeps pace with hundreds of logins a second.
 */
const WAITING_PER_STEP = 8
/** But only so far: when more logins come than there is time for, checks keep most of it. */
const MOST_STEPS_FOR_WAITING = 16
/** Logins that may wait to set out; one more is `overloaded`. */
const MAX_WAITING = 10_000

/**
 * Shares the event loop between logins and all who show a token. A login is many times the work of
 * a check, and logins come together: those of one commit, or whom a slow network held up. While
 * tokens are checked, logins therefore go on step by step: in each turn of the event loop one step,
 * another for every two tokens checked since the turn before, and another for every eight that
 * wait, 16 at the most. Counts, not times: a turn that something else made long gives no reason for
 * a long one after it.
 *
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
  let wasQuiet = false
  let lastCheck = Number.NEGATIVE_INFINITY

  const waiting = (): number => underWay.length + settingOut.length
  const isChecking = (): boolean => performance.now() - lastCheck <= CHECKS_STAY_MS
  const step = (): void => (underWay.shift() ?? settingOut.shift())?.()

  function stepsOfTurn(): number {
    // After a pause of the whole process, checks may be waiting to be read: a second look tells.
    const isQuiet = !isChecking()
    const isOver = isQuiet && wasQuiet
    wasQuiet = isQuiet
    if (isOver) return waiting()
    const forChecks = Math.floor(checks / CHECKS_PER_STEP)
    const forWaiting = Math.min(Math.floor(waiting() / WAITING_PER_STEP), MOST_STEPS_FOR_WAITING)
    return Math.min(1 + forChecks + forWaiting, waiting())
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
