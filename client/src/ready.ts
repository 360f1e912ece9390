import type { Carry } from './carry'
import type { HeldToken } from './held-token'
import type { LogIn } from './login'

/** Two calls of `wx.login` serve one request at the most: the first login, and one after a 401. */
export const MAX_CODES = 2

export interface ReadyParts {
  readonly held: HeldToken
  readonly logIn: LogIn
  readonly renew: () => void
  /** Called when somebody has logged in or no longer is. */
  readonly tell: () => void
}

/**
 * Waits until somebody is logged in, or has logged out. Gives the codes that are left. Who begins a
 * login may carry its code.
 */
export type Ready = (carry?: Carry) => Promise<number>

export function createReady({ held, logIn, renew, tell }: ReadyParts): Ready {
  return async carry => {
    const mustLogIn = !held.current() && !held.isOut()
    if (logIn.flight || mustLogIn) {
      try {
        return MAX_CODES - (await logIn(MAX_CODES, carry)).codes
      } catch (error) {
        // A token that was there before goes on; a forced login that failed takes nothing away.
        if (!held.current()) throw error
      }
    }
    if (held.current()) tell()
    renew()
    return MAX_CODES
  }
}
