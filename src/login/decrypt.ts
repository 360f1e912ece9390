import type { Events, LoginEvent, Origin } from '../events'
import type { Store } from '../store/contract/store'
import type { LoginPlatform, OpenDataFields, OpenedData } from './platform'
import type { SessionSealing } from './session-secrets'
import { telling } from './telling'

/** Whose data it is, and the session that asks. */
export interface OpenDataOwner {
  readonly userId: string
  readonly sessionId: string
  readonly appid: string
  readonly openid: string
}

export interface DecryptOptions {
  platform: Pick<LoginPlatform, 'readOpenData'>
  store: { readonly sessions: Pick<Store['sessions'], 'list'> }
  secrets: Pick<SessionSealing, 'tryOpen'>
  events: Pick<Events, 'tell'>
  /** Milliseconds since 1970. */
  now: () => number
}

export type Decrypt = (
  owner: OpenDataOwner,
  /** A host passes its `req.body`, which Express 5 leaves undefined where the client sent no JSON. */
  fields: OpenDataFields | null | undefined,
  origin?: Origin,
) => Promise<OpenedData>

/**
 * Opens what WeChat encrypted or signed for a user. The session_keys of all the user's running
 * sessions are tried: first the asking session's own, then the others from newest to oldest. A
 * `wx.login` shortly before or after the data was made may have replaced the key that it was made
 * with.
 *
 * @throws LoginError `invalid_request`, `data_undecryptable`, `session_key_stale`, `store_unavailable`
 */
export function createDecrypt(options: DecryptOptions): Decrypt {
  const { platform, store, secrets, events, now } = options

  async function sessionKeysOf({
    userId,
    sessionId,
    appid,
    openid,
  }: OpenDataOwner): Promise<string[]> {
    const sessions = await store.sessions.list(userId, now())
    const isOwn = ({ id }: { id: string }) => id === sessionId
    const ownFirst = [...sessions.filter(isOwn), ...sessions.filter(session => !isOwn(session))]
    // A session_key whose sealing secret is no longer configured is lost, and a row that was copied
    // from another user does not open for this one. The others still count.
    const known = ownFirst.flatMap(({ id, sealed }) => {
      return secrets.tryOpen({ id, userId, appid, openid, sealed })?.sessionKey ?? []
    })
    return [...new Set(known)]
  }

  return (owner, fields, origin = {}) => {
    const { appid, openid } = owner
    return telling({ events, origin, ...eventsOf(owner) }, async () => {
      const data = platform.readOpenData(fields ?? {})
      const sessionKeys = await sessionKeysOf(owner)
      return data.open({ appid, openid, sessionKeys, now: now() })
    })
  }
}

function eventsOf({ appid, userId, sessionId }: OpenDataOwner) {
  const opened = { type: 'data.opened', appid, userId, sessionId } as const
  return {
    done: (_data: unknown, how: object): LoginEvent => ({ ...opened, ...how }),
    failed: (failure: object, how: object): LoginEvent => ({ ...opened, ...failure, ...how }),
  }
}
