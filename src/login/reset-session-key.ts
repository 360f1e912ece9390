import type { Origin } from '../events'
import type { Session } from '../store/contract/sessions'
import type { Store } from '../store/contract/store'
import { digest } from '../token/digest'
import type { LoginPlatform } from './platform'
import type { SessionSealing } from './session-secrets'

/**
 * `reset`: WeChat made a new key and the old one is dead. `dead`: the key that we hold was not
 * valid any more. `unknown`: no session of the user holds a key.
 */
export type SessionKeyReset = 'reset' | 'dead' | 'unknown'

export interface ResetSessionKeyOptions {
  platform: Pick<LoginPlatform, 'resetSessionKey'>
  store: {
    readonly sessions: Pick<Store['sessions'], 'list' | 'find' | 'reseal'>
    readonly users: Pick<Store['users'], 'noteKeyCheck' | 'replaceNewestKey'>
  }
  secrets: Pick<SessionSealing, 'tryOpen' | 'seal'>
  /** Milliseconds since 1970. */
  now: () => number
}

export type ResetSessionKey = (userId: string, origin?: Origin) => Promise<SessionKeyReset>

/**
 * Ends a user's session_key that may have leaked. The user stays logged in: the sessions that held
 * the old key hold the new one afterwards.
 */
export function createResetSessionKey(options: ResetSessionKeyOptions): ResetSessionKey {
  const { platform, store, secrets, now } = options

  /** The running sessions that hold the user's newest session_key, the newest first. */
  async function holdersOf(userId: string): Promise<readonly Session[]> {
    const listed = await store.sessions.list(userId, now())
    const found = await Promise.all(listed.map(({ id }) => store.sessions.find({ id, userId })))
    return found.filter(
      (session): session is Session =>
        session !== undefined && session.sessionKeyHash === session.newestKeyHash,
    )
  }

  async function reseal(session: Session, sessionKey: string): Promise<void> {
    const old = secrets.tryOpen(session)
    if (!old) return
    const sealed = secrets.seal({ ...old, sessionKey }, session)
    const sessionKeyHash = digest(sessionKey)
    await store.sessions.reseal(session, { sealed, from: session.sessionKeyHash, sessionKeyHash })
  }

  return async (userId, origin = {}) => {
    const holders = await holdersOf(userId)
    const [session] = holders
    const old = session && secrets.tryOpen(session)?.sessionKey
    if (!session || old === undefined || session.sessionKeyHash === null) return 'unknown'
    const { appid, openid, sessionKeyHash: from } = session
    const at = now()
    const sessionKey = await platform.resetSessionKey(old, { appid, openid, origin })
    if (sessionKey === undefined) {
      await store.users.noteKeyCheck(userId, from, { at, valid: false })
      return 'dead'
    }
    // The user's row comes first. A session that is not reached after it shows its session_key as
    // replaced; in the other order it would show a dead one as fresh.
    await store.users.replaceNewestKey(userId, { from, to: digest(sessionKey), now: at })
    await Promise.all(holders.map(holder => reseal(holder, sessionKey)))
    return 'reset'
  }
}
