export interface SingleFlight<A extends unknown[], R> {
  (...args: A): Promise<R>
  /** The run under way. */
  flight: Promise<R> | undefined
}

/** Callers share the run under way; the next one after it begins anew. */
export function singleFlight<A extends unknown[], R>(
  run: (...args: A) => Promise<R>,
): SingleFlight<A, R> {
  const shared: SingleFlight<A, R> = (...args) => {
    if (shared.flight) return shared.flight
    const clear = () => {
      shared.flight = undefined
    }
    const flight = run(...args)
    shared.flight = flight
    flight.then(clear, clear)
    return flight
  }
  shared.flight = undefined
  return shared
}
