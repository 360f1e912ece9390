import { digest } from '../token/digest'

/**
 * What a session is called outside of the server: 12 characters, the same at each call. Nobody finds
 * the session's own id by it, and no token is made of it.
 */
export function publicSessionId(sessionId: string): string {
  return digest('public session id', sessionId).slice(0, 12)
}
