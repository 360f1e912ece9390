import type { Session, Store } from '../store/store'
import { digest, type KeyRing } from '../token/keys'
import { seal, unseal } from '../token/seal'
import type { AskNewSessionKey } from '../wx/reset-session-key'

/**
 * `reset`: WeChat made a new key, the old one is dead. `dead`: the key that we hold was not valid
 * any more. `unknown`: no session of the user holds a key.
 */
export type SessionKeyReset = 'reset' | 'dead' | 'unknown'

export interface ResetSessionKeyOptions {
  askNewSessionKey: AskNewSessionKey
  store: Pick<
    Store,
    'findSealedKeys' | 'findSession' | 'resealSession' | 'replaceNewestKey' | 'noteKeyCheck'
  >
  keys: KeyRing
  /** Milliseconds since 1970. */
  now: () => number
}

export type ResetSessionKey = (userId: string) => Promise<SessionKeyReset>

/**
 * Ends a user's session_key that may have leaked. The user stays logged in: the sessions that held
 * the old key hold the new one afterwards.
 */
export function createResetSessionKey(options: ResetSessionKeyOptions): ResetSessionKey {
  const { askNewSessionKey, store, keys, now } = options
  const valuesOf = ({ id: sessionId, appid, sealed }: Session) =>
    unseal(keys, sealed, { sessionId, appid })

  return async userId => {
    const refs = await store.findSealedKeys(userId, now())
    const found = await Promise.all(refs.map(({ id }) => store.findSession({ id, userId })))
    const sessions = found.filter(session => session !== undefined)
    const holders = sessions.filter(({ keyHash, userKeyHash }) => keyHash === userKeyHash)
    const [session] = holders
    const values = session && valuesOf(session)
    if (!session || !values) return 'unknown'
    const { appid, openid, keyHash: from } = session
    const at = now()
    const sessionKey = await askNewSessionKey({ appid, openid, sessionKey: values.sessionKey })
    if (sessionKey === undefined) {
      await store.noteKeyCheck(userId, from, { at, valid: false })
      return 'dead'
    }
    const to = digest(sessionKey)
    // The user first: a session that is not reached then shows its key as replaced, not as fresh.
    await store.replaceNewestKey(userId, { from, to, now: at })
    await Promise.all(holders.map(holder => reseal(holder, sessionKey, to)))
    return 'reset'
  }

  async function reseal(session: Session, sessionKey: string, keyHash: string): Promise<void> {
    const values = valuesOf(session)
    if (!values) return
    const { id: sessionId, appid, keyHash: from } = session
    const sealed = seal(keys.current, { ...values, sessionKey }, { sessionId, appid })
    await store.resealSession(session, { sealed, from, keyHash })
  }
}
