/** Who checked a token so lately may check one again. */
const CHECKS_STAY_MS = 1000
/** Bounds what a turn is prepared for; a turn this long is over long before. */
const MOST_PER_TURN = 32

/**
 * Shares the event loop between checks and logins. A login is many times the work of a check, and
 * logins come together: those of one commit, or whoever a slow network held up. While tokens are
 * being checked, logins therefore go on step by step: in each turn of the event loop one step, and
 * more as long as they take no longer than everything else did since the turn before. Checks wait
 * for no more than that, and logins get their half of a busy loop.
 */
export interface Turns {
  /** Says that a token is being checked: for a second from now, steps wait for their turns. */
  noteCheck(): void
  /** Resolves when it is the caller's turn to take a step. */
  next(): Promise<void>
  /**
   * Calls each step in its turn, in this order. Where nobody checks, all at once, which is cheaper:
   * those who go on together come back together and share a commit again.
   */
  take(steps: readonly (() => void)[]): void
}

export function createTurns(): Turns {
  const waiting: (() => void)[] = []
  let isScheduled = false
  let lastCheck = Number.NEGATIVE_INFINITY

  const isNeeded = (): boolean =>
    waiting.length > 0 || performance.now() - lastCheck <= CHECKS_STAY_MS

  /** One immediate a step: what a step sets off in promises and ticks is done, and timed, before the next. */
  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    const end = performance.now()
    let start: number | undefined
    const step = (): void => {
      const now = performance.now()
      if (start !== undefined && now - start >= start - end) return
      start ??= now
      waiting.shift()?.()
    }
    for (let i = Math.min(waiting.length, MOST_PER_TURN); i > 0; i--) setImmediate(step)
    setImmediate(() => {
      isScheduled = false
      if (waiting.length > 0) schedule()
    })
  }

  return {
    noteCheck() {
      lastCheck = performance.now()
    },
    async next() {
      if (!isNeeded()) return
      await new Promise<void>(resolve => {
        waiting.push(resolve)
        schedule()
      })
    },
    take(steps) {
      if (isNeeded()) {
        waiting.push(...steps)
        schedule()
      } else for (const step of steps) step()
    },
  }
}
