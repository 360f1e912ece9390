import { ERRORS, type ErrorCode, LoginError } from './errors'

/** Who asked, as far as the transport knows: by it, all lines of one request are found. */
export interface Origin {
  readonly requestId?: string | undefined
  readonly ip?: string | undefined
}

/** What an answer says of a failure, for those who did not throw it. */
export interface Failure {
  readonly error: ErrorCode
  /** What happened, in a word or two; never input, never a secret. */
  readonly reason?: string | undefined
  readonly wxErrcode?: number | undefined
  /** WeChat's own id of the request: what its support asks for. */
  readonly wxRid?: string | undefined
}

/** A failure that came when it was known already who the user is. */
export interface FailureOfUser extends Failure {
  readonly userId?: string | undefined
}

interface Decision extends Origin {
  /** How long it took, in milliseconds. */
  readonly durationMs?: number | undefined
}

interface OfSession {
  readonly appid: string
  readonly userId: string
  readonly sessionId: string
}

/** One answer can serve several callers that sent the same code at the same time. */
interface SharedAnswer {
  /** Callers that came while the first one waited, and got the same answer. They tell no event. */
  readonly sharers?: number | undefined
  /** Request ids of those callers, the first 20. */
  readonly sharedBy?: readonly string[] | undefined
}

interface OfLogin extends Decision, SharedAnswer {
  /** The code was settled before: its answer was given once more and WeChat was not asked. */
  readonly isRepeat?: boolean | undefined
}

/** Why a session is no more. */
export type SessionEnd = 'logout' | 'evicted' | 'disabled' | 'erased' | 'expired'

/**
 * Everything that can happen here, by the names that `docs/events.md` explains. Use cases tell it;
 * `observe/` makes of it what it is for. No handler writes an audit line by hand.
 */
export type LoginEvent =
  | ({ readonly type: 'login.succeeded'; readonly isNewUser: boolean } & OfSession & OfLogin)
  /** WeChat or we said no. */
  | ({ readonly type: 'login.refused'; readonly appid?: string | undefined } & FailureOfUser &
      OfLogin)
  /** It could not be decided. */
  | ({ readonly type: 'login.failed'; readonly appid?: string | undefined } & FailureOfUser &
      OfLogin)
  /**
   * A token was shown and does not hold. The three ids are there only if its signature proved
   * right. For the error `session_ended`, `reason` says why: a SessionEnd, or `unknown`.
   */
  | ({
      readonly type: 'token.refused'
      readonly appid?: string | undefined
      readonly userId?: string | undefined
      readonly sessionId?: string | undefined
    } & Failure &
      Decision)
  | ({ readonly type: 'session.ended'; readonly reason: SessionEnd } & OfSession & Origin)
  | ({ readonly type: 'user.disabled'; readonly userId: string } & Origin)
  | ({ readonly type: 'user.enabled'; readonly userId: string } & Origin)
  | ({ readonly type: 'user.erased'; readonly userId: string } & Origin)
  /** WeChat was asked for a phone number: given, or not. */
  | ({ readonly type: 'phone.shared' } & Partial<Failure> & OfSession & Decision & SharedAnswer)
  /** What WeChat encrypted or signed was to be opened: it was, or not. */
  | ({ readonly type: 'data.opened' } & Partial<Failure> & OfSession & Decision)
  /** A sister service asked for an access_token: given, or not. */
  | ({
      readonly type: 'access_token.given'
      readonly appid?: string | undefined
      /** Whether WeChat had refused the one before. */
      readonly isReplacement?: boolean | undefined
    } & Partial<Failure> &
      Decision)
  /** WeChat answered, and the answer was no. */
  | ({
      readonly type: 'wechat.refused'
      readonly api: string
      readonly appid: string
      /** What the operator does about it. */
      readonly fix?: string | undefined
    } & Failure &
      Origin)
  /** WeChat could not be asked, or what came back was no answer. */
  | ({
      readonly type: 'wechat.unreachable'
      readonly api: string
      readonly appid: string
      /** Whether the request may have reached WeChat. */
      readonly sent: boolean
      /** What the operator does about it, where nobody else can. */
      readonly fix?: string | undefined
    } & Failure &
      Origin)
  /** A store cannot be used; with a `fix` only the operator can change that. */
  | {
      readonly type: 'store.lost'
      readonly setting: string
      readonly reason: string
      readonly fix?: string | undefined
    }
  | { readonly type: 'store.back'; readonly setting: string }
  | ({ readonly type: 'hook.failed'; readonly hook: string; readonly reason: string } & Origin)

export type LoginEventType = LoginEvent['type']

/** What an event says of a failure. Anything but a LoginError is a fault of ours. */
export function failureOf(error: unknown): FailureOfUser {
  if (!(error instanceof LoginError)) return { error: 'internal' }
  const { code, reason, wxErrcode, wxRid, userId } = error
  const failure = { error: code, reason, wxErrcode, wxRid }
  return userId === undefined ? failure : { ...failure, userId }
}

/** Whether an error says nothing about who asked: the question could not be decided. */
export function isUndecided(error: ErrorCode): boolean {
  return ERRORS[error].status >= 500
}

export type Listener = (event: LoginEvent) => void

/** The one way to tell what happened. */
export interface Events {
  /** Tells it to every listener. A listener that throws disturbs nobody. */
  tell(event: LoginEvent): void
  /** Hears every event from now on. Returns how to stop that. */
  listen(listener: Listener): () => void
}

export function createEvents(onListenerFault: (error: unknown) => void = () => {}): Events {
  const listeners = new Set<Listener>()
  return {
    tell(event) {
      for (const listener of listeners) {
        try {
          listener(event)
        } catch (error) {
          onListenerFault(error)
        }
      }
    },
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
