import { LoginError } from '../errors'

/**
 * The work's outcome, or LoginError `store_unavailable` once `ms` milliseconds have passed. The work
 * itself runs on.
 */
export async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
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
