import type { LoginState } from './client'
import type { HeldToken } from './held-token'
import type { LogIn } from './login'
import { bearer, bodyOf, type Server } from './server'

export interface CheckParts {
  readonly server: Server
  readonly held: HeldToken
  readonly logIn: LogIn
  readonly tell: () => void
}

/** Asks whether the token holds, and logs nobody in. A token that does not is shown no more. */
export function createCheck({ server, held, logIn, tell }: CheckParts): () => Promise<LoginState> {
  return async () => {
    if (logIn.flight) await logIn.flight.catch(() => undefined)
    const token = held.current()?.token
    const answer = await server.ask('GET', '/checklogin', token ? bearer(token) : {})
    const state = bodyOf<LoginState>(answer, 'is_login')
    if (!state.is_login && token && held.current()?.token === token) held.drop()
    tell()
    return state
  }
}
