import { LoginError } from '../../../errors'

/** What a failure of Redis is called in our log: one word, never Redis's own text. */
export function reasonOf(error: unknown): string {
  if (error instanceof LoginError) return error.reason ?? 'unknown'
  const { message, code } = error as { message?: unknown; code?: unknown }
  if (typeof code === 'string') return code.toLowerCase()
  const text = typeof message === 'string' ? message : ''
  if (/^ERR .*DB index/.test(text)) return 'wrong_database'
  // A script whose commands the user may not use: Redis 7, then Redis 6.
  if (/^ERR (ACL failure in script|The user executing the script)/.test(text)) return 'noperm'
  // Redis begins its errors with a word in capitals: OOM, READONLY, WRONGPASS, LOADING …
  return /^[A-Z]{3,16}(?= )/.exec(text)?.[0].toLowerCase() ?? 'connection_lost'
}

/** The work's outcome; whatever Redis says, callers learn only that the store did not do it. */
export async function guarded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof LoginError) throw error
    throw new LoginError('store_unavailable', { reason: `redis_${reasonOf(error)}` })
  }
}
