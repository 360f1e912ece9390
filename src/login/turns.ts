import { LoginError } from '../errors'

/** Who had a token checked so lately may have one checked again. */
const CHECKS_STAY_MS = 1000
/** Steps that a turn is prepared for; more once a turn took half of them. */
const LEAST_PREPARED = 16
/** Logins that may wait to set out; one more is `overloaded`. */
const MAX_WAITING = 10_000

/**
 * Shares the event loop between logins and all who show a token. A login is many times the work of
 * a check, and logins come together: those of one commit, or whom a slow network held up. While
 * tokens are checked, logins therefore go on step by step: in each turn of the event loop one step,
 * and more as long as the steps take no longer than everything else did since the turn before.
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
  let prepared = LEAST_PREPARED
  let lastCheck = Number.NEGATIVE_INFINITY

  const waiting = (): number => underWay.length + settingOut.length
  const isChecking = (): boolean => performance.now() - lastCheck <= CHECKS_STAY_MS
  const step = (): void => (underWay.shift() ?? settingOut.shift())?.()

  /** One immediate a step: what a step sets off in promises and ticks is done, and timed, before the next. */
  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    const end = performance.now()
    let start: number | undefined
    let taken = 0
    const stepInTime = (): void => {
      const now = performance.now()
      if (start !== undefined && now - start >= start - end) return
      start ??= now
      taken++
      step()
    }
    for (let i = Math.min(waiting(), prepared); i > 0; i--) setImmediate(stepInTime)
    setImmediate(() => {
      prepared = Math.max(LEAST_PREPARED, 2 * taken)
      isScheduled = false
      if (!isChecking()) for (let i = waiting(); i > 0; i--) step()
      else if (waiting() > 0) schedule()
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
