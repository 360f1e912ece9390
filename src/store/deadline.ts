import { LoginError } from '../errors'

/** The most that a caller waits for a store, whatever the network or the server does. */
export const STORE_DEADLINE_MS = 900

/** The work's outcome, or `store_unavailable` when it takes too long; the work itself runs on. */
export async function withDeadline<T>(work: Promise<T>, ms = STORE_DEADLINE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    const error = new LoginError('store_unavailable', { reason: 'deadline' })
    // A process that was itself held up reads first what has arrived in the meantime.
    timer = setTimeout(() => setImmediate(() => reject(error)), ms)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
