import type { HeldToken, TokenAnswer } from './held-token'
import { bearer, bodyOf, type Server } from './server'
import { singleFlight } from './single-flight'

/** After a renewal that failed. Requests go on with the old token, which holds still. */
const PAUSE_MS = 60_000

/**
 * Renews the token once its last quarter has begun, by one request whatever the callers. Nobody
 * waits for it: the old token holds until its end. A failure is not told: a session that has ended
 * shows itself to the next request.
 */
export function createRenewal(server: Server, held: HeldToken): () => void {
  const renew = singleFlight(async () => {
    const old = held.current()
    if (!old || Date.now() < old.renewAt) return
    old.renewAt = Date.now() + PAUSE_MS
    try {
      const answer = await server.ask('POST', '/refresh', bearer(old.token), {})
      // A log-out or another login in the meantime has the last word.
      if (held.current() === old) held.hold(bodyOf<TokenAnswer>(answer, 'token'), old)
    } catch {}
  })
  return () => void renew()
}
