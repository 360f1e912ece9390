/**
 * Answers given in one turn of the event loop: what they set off together would hold up a read for
 * longer than the disk does.
 */
const PER_TURN = 2
/** The same for each millisecond of a turn that others made long: a busy loop starves nobody. */
const PER_MS = 2
/** Of a backlog so much is given in each turn: it cannot grow without end. */
const BACKLOG_SHARE = 1 / 16

/** Gives answers in order, a few in each turn of the event loop: in between, others are served. */
export interface Turns {
  add(answers: readonly (() => void)[]): void
  /** Gives all that wait at once. */
  finish(): void
}

export function createTurns(): Turns {
  let waiting: (() => void)[] = []
  let scheduled = false
  let lastTurn = 0

  function give(count: number): void {
    const now = waiting.slice(0, count)
    waiting = waiting.slice(count)
    for (const answer of now) answer()
  }

  function turn(): void {
    const start = performance.now()
    const lastTook = scheduled ? start - lastTurn : 0
    give(Math.max(PER_TURN, Math.round(lastTook * PER_MS), waiting.length * BACKLOG_SHARE))
    lastTurn = start
    scheduled = waiting.length > 0
    if (scheduled) setImmediate(turn)
  }

  return {
    add(answers) {
      waiting.push(...answers)
      if (!scheduled) turn()
    },
    finish: () => give(waiting.length),
  }
}
