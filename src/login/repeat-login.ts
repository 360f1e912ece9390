import { isErrorCode, LoginError } from '../errors'
import type { LoginCode } from '../store/contract/codes'
import type { Session } from '../store/contract/sessions'
import type { Store } from '../store/contract/store'
import type { LoginAnswer } from './begin-session'
import type { LoginAttempt } from './login-codes'
import type { SessionRefs } from './session-refs'
import type { SessionSealing } from './session-secrets'
import type { TokenIssuer } from './token-issuer'

export interface RepeatLoginOptions {
  store: { readonly sessions: Pick<Store['sessions'], 'find'> }
  refs: Pick<SessionRefs, 'open'>
  secrets: Pick<SessionSealing, 'tryOpenRow'>
  issueToken: TokenIssuer
  /** Milliseconds since 1970. */
  now: () => number
}

/** What came of a code that somebody else exchanged. */
export interface KnownOutcome {
  readonly outcome: LoginCode
  /** Whether that login was under way when this caller came: then both share its answer. */
  readonly wasUnderWay: boolean
  /** When this caller came. Milliseconds since 1970. */
  readonly cameAt: number
}

export type RepeatLogin = (attempt: LoginAttempt, known: KnownOutcome) => Promise<LoginAnswer>

/** The reason of an error that was known before the caller came. */
export const REPEATED_CODE = 'repeated_code'

/**
 * A login that was done so long before a caller came was not under way then, whatever the record
 * says: the clocks of two instances, and a write that waited, are no further apart. Without this, who
 * can write the store marks a done code as under way and gets its session without the
 * Idempotency-Key.
 */
const CLOCKS_APART_MS = 2000

/** Within this time the same Idempotency-Key gets the same session again. */
const REPLAY_MS = 60_000

/**
 * Answers a caller whose code was exchanged already. WeChat is not asked, and no second session
 * comes of the code.
 *
 * @throws LoginError `code_used`, or the error with which the code failed
 */
export function createRepeatLogin(options: RepeatLoginOptions): RepeatLogin {
  const { store, refs, secrets, issueToken, now } = options

  /**
   * The session of the login that was done with the code. The record of the code and the session's
   * row are not believed: the reference must open, and so must the session's seal.
   */
  async function sessionOf(
    { codeHash, appid, ...attempt }: LoginAttempt,
    { outcome, wasUnderWay, cameAt }: KnownOutcome,
  ): Promise<Session | undefined> {
    // Who came while the login was under way shares its answer, whatever key its first caller sent.
    const { idempotencyHash } = wasUnderWay ? outcome : attempt
    const { sessionRef, userId } = outcome
    if ((!wasUnderWay && idempotencyHash === null) || !sessionRef || !userId) return undefined
    const ref = refs.open(sessionRef, { codeHash, idempotencyHash })
    if (!ref || now() - ref.settledAt >= REPLAY_MS) return undefined
    if (wasUnderWay && ref.settledAt < cameAt - CLOCKS_APART_MS) return undefined
    const session = await store.sessions.find({ id: ref.sessionId, userId })
    if (session?.appid !== appid || !secrets.tryOpenRow(session)) return undefined
    return session
  }

  return async (attempt, known) => {
    const { status, isNewUser } = known.outcome
    if (status === 'failed') throw sameFailure(known.outcome)
    const session = await sessionOf(attempt, known)
    if (!session) throw new LoginError('code_used', { reason: REPEATED_CODE })
    const { id: sessionId, userId, createdAt } = session
    const { appid } = attempt
    return {
      ...issueToken(session, createdAt),
      ...{ isNewUser, userId, appid, sessionId, isRepeat: true },
    }
  }
}

function sameFailure({ error, wxErrcode }: LoginCode): LoginError {
  return new LoginError(isErrorCode(error) ? error : 'internal', {
    reason: REPEATED_CODE,
    // The row is not believed: what is no number would be somebody else's text in the log.
    ...(wxErrcode !== null && Number.isSafeInteger(wxErrcode) && { wxErrcode }),
  })
}
