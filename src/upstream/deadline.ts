/** The moment by which a piece of work must be done, however many calls it takes. */
export interface Deadline {
  /** From the start of the work to the deadline, in milliseconds. */
  readonly totalMs: number
  /** Milliseconds that are left; negative once the deadline has passed. */
  leftMs(): number
  /** Calls back once the deadline passes. Returns how to call that off. */
  whenPassed(callback: () => void): () => void
  /** The outcome of the work, or a rejection with `late()` if the deadline passes first. */
  within<T>(work: Promise<T>, late: () => Error): Promise<T>
}

/**
 * Starts a deadline. The system's clock does not move it.
 *
 * @param begun when the work began, by `performance.now`. Default: now
 */
export function startDeadline(totalMs: number, begun = performance.now()): Deadline {
  const leftMs = () => totalMs - (performance.now() - begun)

  function whenPassed(callback: () => void): () => void {
    const timer = setTimeout(callback, Math.max(0, leftMs()))
    return () => clearTimeout(timer)
  }

  async function within<T>(work: Promise<T>, late: () => Error): Promise<T> {
    let callOff = () => {}
    const passed = new Promise<never>((_resolve, reject) => {
      callOff = whenPassed(() => reject(late()))
    })
    try {
      return await Promise.race([work, passed])
    } finally {
      callOff()
    }
  }

  return { totalMs, leftMs, whenPassed, within }
}
