import type { Session, SessionRef } from '../contract/sessions'
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
