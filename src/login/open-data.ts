import type { Store } from '../store/store'
import type { KeyRing } from '../token/keys'
import { unseal } from '../token/seal'
import { type OpenDataFields, type OpenedData, openData, readOpenData } from '../wx/open-data'

/** Whose data it is, and the session that asks. */
export interface OpenDataOwner {
  readonly userId: string
  readonly sessionId: string
  readonly appid: string
  readonly openid: string
}

export interface DecryptOptions {
  store: Pick<Store, 'findSealedKeys'>
  keys: KeyRing
  /** Milliseconds since 1970. */
  now: () => number
}

export type Decrypt = (owner: OpenDataOwner, fields: OpenDataFields) => Promise<OpenedData>

/**
 * Opens what WeChat encrypted or signed for a user. The session_keys of all the user's running
 * sessions are tried, the asking session's own first and then from newest to oldest: a `wx.login`
 * just before or after the data was made may have replaced the key that it was made with.
 *
 * @throws LoginError `invalid_request`, `data_undecryptable`, `session_key_stale`, `store_unavailable`
 */
export function createDecrypt({ store, keys, now }: DecryptOptions): Decrypt {
  return async ({ userId, sessionId, appid, openid }, fields) => {
    const data = readOpenData(fields)
    const sessions = await store.findSealedKeys(userId, now())
    const isOwn = ({ id }: { id: string }) => id === sessionId
    const ring = [...sessions.filter(isOwn), ...sessions.filter(session => !isOwn(session))]
    // Sealed by a secret that is no longer configured, a key is lost, and the others still count.
    const known = ring.flatMap(({ id, sealed }) => {
      const values = unseal(keys, sealed, { sessionId: id, appid })
      return values ? [values.sessionKey] : []
    })
    return openData(data, { sessionKeys: [...new Set(known)], appid, openid, now: now() })
  }
}
