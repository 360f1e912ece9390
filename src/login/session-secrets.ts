import { LoginError } from '../errors'
import type { Events, Origin } from '../events'
import type { Session } from '../store/contract/sessions'
import {
  isSealedBy,
  type OpenedSecrets,
  openSecrets,
  type SessionSecrets,
  sealSecrets,
} from '../token/seal'
import type { SigningKeys } from '../token/signing-keys'

/** The one place that seals and opens what a session keeps secret. */
export interface SessionSealing {
  /** The sealed secrets, for the session's row and its tokens. */
  seal(secrets: SessionSecrets, session: SealedFor): string
  /**
   * The secrets of the session that asks. A failure is told as a refused token.
   *
   * @throws LoginError `session_ended` when the secret that sealed them is no longer configured, or
   *   when they are another person's
   */
  open(session: AskingSession, origin: Origin): SessionSecrets
  /**
   * WeChat's key of the session that asks.
   *
   * @throws LoginError as `open` does, or `session_key_stale` when the login brought no key
   */
  sessionKeyOf(session: AskingSession, origin: Origin): string
  /** The secrets of any session; undefined where `open` throws. */
  tryOpen(session: AskingSession): SessionSecrets | undefined
  /** As `tryOpen`, for a row that no token vouches for: the seal itself must name the user. */
  tryOpenRow(session: AskingSession): SessionSecrets | undefined
  /** What a token has sealed, whoever it is. Its signature vouches for it. */
  openToken(sealed: string, session: SealedFor): SessionSecrets | undefined
  /** Whether the secrets are sealed as they would be now. After a rotation they are not. */
  isCurrent(session: AskingSession): boolean
}

export type SealedFor = Pick<Session, 'id' | 'userId' | 'appid'>
/** The openid is the one that was proven: by the token, or by the user's proof. */
export type AskingSession = SealedFor & Pick<Session, 'sealed' | 'openid'>

export interface SessionSecretsOptions {
  signingKeys: SigningKeys
  events: Pick<Events, 'tell'>
  /** Whether processes of version 0.1 may run beside this one, and must open what it seals. */
  isUpgrading: () => boolean
}

export function createSessionSecrets(options: SessionSecretsOptions): SessionSealing {
  const { signingKeys, events, isUpgrading } = options

  function openFor(session: AskingSession): OpenedSecrets | undefined {
    const opened = openSecrets(signingKeys, session.sealed, contextOf(session))
    return opened?.secrets.openid === session.openid ? opened : undefined
  }

  function open(session: AskingSession, { requestId, ip }: Origin): SessionSecrets {
    const opened = openFor(session)
    if (opened) return opened.secrets
    const { id: sessionId, userId, appid } = session
    const refusal = { error: 'session_ended', reason: 'sealing_key_gone' } as const
    events.tell({ type: 'token.refused', ...refusal, appid, userId, sessionId, requestId, ip })
    throw new LoginError(refusal.error, { reason: refusal.reason })
  }

  return {
    open,
    tryOpen: session => openFor(session)?.secrets,
    tryOpenRow(session) {
      const opened = openFor(session)
      return opened?.isBoundToUser ? opened.secrets : undefined
    },
    openToken: (sealed, session) => openSecrets(signingKeys, sealed, contextOf(session))?.secrets,
    seal: (secrets, session) =>
      sealSecrets(signingKeys.current, secrets, contextOf(session), {
        forOldProcesses: isUpgrading(),
      }),
    sessionKeyOf(session, origin) {
      const { sessionKey } = open(session, origin)
      if (sessionKey !== undefined) return sessionKey
      throw new LoginError('session_key_stale', { reason: 'no_session_key' })
    },
    isCurrent: session =>
      isSealedBy(signingKeys.current, session.sealed) && (openFor(session)?.isBoundToUser ?? false),
  }
}

function contextOf({ id: sessionId, userId, appid }: SealedFor) {
  return { sessionId, userId, appid }
}
