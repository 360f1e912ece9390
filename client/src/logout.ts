import type { HeldToken } from './held-token'
import type { LogIn } from './login'
import { type Answer, errorOfAnswer } from './login-client-error'
import type { Failure } from './platform'
import type { Ready } from './ready'
import { bearer, type Server } from './server'
import type { WasRefused } from './was-refused'

export interface LogoutParts {
  readonly server: Server
  readonly held: HeldToken
  readonly logIn: LogIn
  readonly ready: Ready
  readonly wasRefused: WasRefused
  readonly tell: () => void
}

/** A 401 that landed in `fail`, where its body is not told. */
const REFUSED: Answer = {
  statusCode: 401,
  data: { error: 'session_ended', action: 'login', message: '登录已失效，请重新登录' },
}

export type Logout = (options?: { all?: boolean }) => Promise<void>

/**
 * Logs out, here first: whatever the server answers, no request carries the token from then on. A
 * session that the server no longer knows is as good as ended. To end `all` one has to be logged
 * in, so a session that is over is replaced once before.
 */
export function createLogout(parts: LogoutParts): Logout {
  const { server, held, logIn, ready, wasRefused, tell } = parts

  const end = async (token: string, all: boolean): Promise<Answer> => {
    try {
      return await server.ask('POST', '/logout', bearer(token), all ? { all } : {})
    } catch (failure) {
      if (await wasRefused(token, failure as Failure)) return REFUSED
      throw failure
    }
  }

  const leave = async (all: boolean, isAgain = false): Promise<void> => {
    // A login under way would otherwise log in after us.
    if (logIn.flight) await logIn.flight.catch(() => undefined)
    const codes = all && !held.isOut() ? await ready() : 0
    const token = held.current()?.token
    held.drop(true)
    tell()
    if (!token) return
    const answer = await end(token, all)
    const isOver = answer.statusCode === 401
    if (answer.statusCode === 200 || (isOver && !all)) return
    if (!isOver || codes < 1 || isAgain) throw errorOfAnswer(answer)
    await logIn(1)
    return leave(all, true)
  }

  return ({ all = false } = {}) => leave(all)
}
