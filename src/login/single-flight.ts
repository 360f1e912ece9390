import type { Origin } from '../events'

export interface SharedWork<T> {
  work: () => Promise<T>
  /**
   * Awaits the work and tells how it ended. By then `sharers` holds the origins of all callers but
   * the first, and nobody can join any more.
   */
  tell: (sharers: readonly Origin[], work: () => Promise<T>) => Promise<T>
}

/** Work under way, by a key. Callers that bring the same key meanwhile share its outcome. */
export interface SingleFlight<T> {
  join(key: string, origin: Origin, shared: SharedWork<T>): Promise<T>
  /** Resolves once no work is under way, to whether there was any. */
  settled(): Promise<boolean>
}

interface Flight<T> {
  readonly sharers: Origin[]
  readonly outcome: Promise<T>
}

export function createSingleFlight<T>(): SingleFlight<T> {
  const underWay = new Map<string, Flight<T>>()
  return {
    join(key, origin, { work, tell }) {
      const flight = underWay.get(key)
      if (flight) {
        flight.sharers.push(origin)
        return flight.outcome
      }
      const sharers: Origin[] = []
      const outcome = tell(sharers, () => work().finally(() => underWay.delete(key)))
      underWay.set(key, { sharers, outcome })
      return outcome
    },

    async settled() {
      const wasBusy = underWay.size > 0
      while (underWay.size > 0) {
        await Promise.allSettled([...underWay.values()].map(({ outcome }) => outcome))
      }
      return wasBusy
    },
  }
}
