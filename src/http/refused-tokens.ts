import type { CountRefusedToken } from '../login/identify'
import { addressKey } from './client-address'
import { createLocalCount, type OnRefused } from './local-count'

/**
 * Counts tokens that were refused, in this process alone: a flood of forgeries must cost no store
 * anything. A token that holds is never counted and never looked up here.
 *
 * A token that no key of ours signed counts against the address that shows it. A token that we did
 * sign, such as an expired one, counts against its own session. So nobody behind a carrier's shared
 * address hears 429 because of a stranger's forgeries: a token that holds passes, and a client whose
 * token ran out goes on hearing 401, by which it logs in again.
 *
 * @param perMinute the option `rateLimit`
 */
export function createRefusedTokens(
  perMinute: number | 'off',
  onRefused?: OnRefused,
): CountRefusedToken {
  const count = createLocalCount('token', perMinute, onRefused)
  return ({ ip, sessionId }) => {
    if (sessionId !== undefined) return count(`session ${sessionId}`)
    return ip === undefined ? undefined : count(addressKey(ip))
  }
}
