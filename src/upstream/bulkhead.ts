import { LoginError } from '../errors'
import type { Deadline } from './deadline'

/** A part of the connections that nobody else can use up, and that cannot use up the others. */
export interface Bulkhead {
  /**
   * Does the work as soon as there is a place for it, first come first served.
   *
   * @throws LoginError `overloaded` when the deadline passes before; then the work was not begun
   */
  run<T>(deadline: Deadline, work: () => Promise<T>): Promise<T>
}

/** @param most pieces of work that are under way at one time */
export function createBulkhead(most: number): Bulkhead {
  let active = 0
  /** Who waits for a place, in the order in which they came. Each call hands over one place. */
  const waiting = new Set<() => void>()

  function place(deadline: Deadline): Promise<void> {
    return new Promise((resolve, reject) => {
      const callOff = deadline.whenPassed(() => {
        waiting.delete(give)
        reject(new LoginError('overloaded', { reason: 'no_turn' }))
      })
      function give() {
        waiting.delete(give)
        callOff()
        resolve()
      }
      waiting.add(give)
    })
  }

  return {
    async run(deadline, work) {
      // Whoever ends hands its place on. Only a place that nobody waits for becomes free.
      if (active < most) active++
      else await place(deadline)
      try {
        return await work()
      } finally {
        const [next] = waiting
        if (next) next()
        else active--
      }
    },
  }
}
