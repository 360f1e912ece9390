/** Work under way, by a key: whoever asks for the same meanwhile shares its outcome. */
export interface SingleFlight<T> {
  join(key: string, work: () => Promise<T>): Promise<T>
  /** Resolves once nothing is under way, to whether anything was. */
  settled(): Promise<boolean>
}

export function createSingleFlight<T>(): SingleFlight<T> {
  const underWay = new Map<string, Promise<T>>()
  return {
    join(key, work) {
      const known = underWay.get(key)
      if (known) return known
      const outcome = work().finally(() => underWay.delete(key))
      underWay.set(key, outcome)
      return outcome
    },
    async settled() {
      const wasBusy = underWay.size > 0
      while (underWay.size > 0) await Promise.allSettled(underWay.values())
      return wasBusy
    },
  }
}
