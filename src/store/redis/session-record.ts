import type { Session, SessionRef } from '../contract/sessions'
import type { NewestKey } from './newest-record'
import { hashArgs, type RedisHash } from './redis-commands'

/**
 * A session as its login left it: what the session's own hash holds. The id and the user's id are
 * not in the hash, for the Redis key names both; that saves 64 of 618 bytes a session.
 */
export type SessionRecord = Omit<Session, 'newestKeyHash' | 'newestKeyAt' | 'newestKeyCheck'>

export function sessionArgs(
  session: Omit<SessionRecord, 'id' | 'userId' | 'lastUsedAt'>,
): (string | number)[] {
  const { appid, openid, unionid, unionidProof, sealed, sessionKeyHash } = session
  const { createdAt, expiresAt } = session
  const secrets = { unionid, unionidProof, sealed, sessionKeyHash }
  return hashArgs({ appid, openid, ...secrets, createdAt, expiresAt })
}

/** Undefined where the hash is not there. */
export function readSessionRecord(
  { id, userId }: SessionRef,
  hash: RedisHash,
): SessionRecord | undefined {
  const { appid, openid, unionid, unionidProof, sealed, sessionKeyHash } = hash
  if (appid === undefined || openid === undefined || sealed === undefined) return undefined
  return {
    id,
    userId,
    appid,
    openid,
    unionid: unionid ?? null,
    unionidProof: unionidProof || null,
    sealed,
    sessionKeyHash: sessionKeyHash ?? null,
    createdAt: Number(hash.createdAt),
    expiresAt: Number(hash.expiresAt),
    lastUsedAt: Number(hash.usedAt ?? hash.createdAt),
  }
}

/**
 * A session with what is its user's. A unionid that a later login brought takes the place of the
 * session's own, and its proof that of the session's proof.
 */
export function joinNewest(session: SessionRecord, newest: NewestKey): Session {
  return {
    id: session.id,
    userId: session.userId,
    appid: session.appid,
    openid: session.openid,
    unionid: newest.unionid ?? session.unionid,
    unionidProof: newest.unionid === null ? session.unionidProof : newest.unionidProof,
    sealed: session.sealed,
    sessionKeyHash: session.sessionKeyHash,
    createdAt: session.createdAt,
    expiresAt: session.expiresAt,
    lastUsedAt: session.lastUsedAt,
    newestKeyHash: newest.newestKeyHash,
    newestKeyAt: newest.newestKeyAt,
    newestKeyCheck: newest.newestKeyCheck,
  }
}
