export type Enqueue = <R>(job: () => Promise<R>) => Promise<R>

/** Runs so many jobs at once, and the others in the order in which they came. */
export function createRequestQueue(limit: number): Enqueue {
  const waiting: (() => void)[] = []
  let running = 0
  return async job => {
    // Whoever ends hands its place to the next one, so that nobody slips in between.
    if (running < limit) running++
    else await new Promise<void>(start => waiting.push(start))
    try {
      return await job()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
