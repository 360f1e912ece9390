import { LoginError } from '../errors'
import type { Origin } from '../events'
import type { Identify, Identity } from './identify'

export type Introspect = (token: string, origin: Origin) => Promise<Identity | undefined>

/**
 * Says to another server of the company who shows a token: all that the guard would say of it, its
 * session in the store included. It is a use of the session, as the guard's is: the other server
 * serves the user by it.
 *
 * @param identify counts no refused tokens. All questions come from few addresses, and who asks has
 *   shown the internal token: what users send there is no flood of theirs
 * @returns undefined for a token that does not hold, whatever is wrong with it
 * @throws LoginError `store_unavailable`: then nobody can say
 */
export function createIntrospect(identify: Identify): Introspect {
  return async (token, origin) => {
    try {
      return await identify({ token }, { origin })
    } catch (error) {
      if (error instanceof LoginError && error.status === 401) return undefined
      throw error
    }
  }
}
