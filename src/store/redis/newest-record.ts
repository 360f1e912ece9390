import type { Session } from '../contract/sessions'
import { hashArgs, type RedisHash } from './redis-commands'

/**
 * What may change for all sessions of a user at once: the newest session_key, what WeChat said of
 * it, and a unionid that a later login brought.
 */
export type NewestKey = Pick<
  Session,
  'newestKeyHash' | 'newestKeyAt' | 'newestKeyCheck' | 'unionid' | 'unionidProof'
>

export function newestKeyArgs(newest: NewestKey): (string | number)[] {
  const { newestKeyHash, newestKeyAt, newestKeyCheck, unionid, unionidProof } = newest
  return hashArgs({
    sessionKeyHash: newestKeyHash,
    broughtAt: newestKeyAt,
    checkedAt: newestKeyCheck?.at ?? null,
    isValid: newestKeyCheck === null ? null : Number(newestKeyCheck.valid),
    unionid,
    unionidProof,
  })
}

/** Undefined where the hash is not there. */
export function readNewestKey({
  sessionKeyHash,
  broughtAt,
  checkedAt,
  isValid,
  unionid,
  unionidProof,
}: RedisHash): NewestKey | undefined {
  if (broughtAt === undefined) return undefined
  return {
    newestKeyHash: sessionKeyHash ?? null,
    newestKeyAt: Number(broughtAt),
    newestKeyCheck:
      checkedAt === undefined ? null : { at: Number(checkedAt), valid: isValid === '1' },
    unionid: unionid ?? null,
    unionidProof: unionidProof || null,
  }
}
