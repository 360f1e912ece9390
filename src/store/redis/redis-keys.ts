import type { SessionRef } from '../contract/sessions'

/**
 * The names of our keys in Redis, all behind one prefix. What belongs to a user carries the user's
 * id in braces: a Redis Cluster then keeps it in one hash slot, and one script may touch it all.
 * One letter names a kind, because each user and each session pays for the letters in memory.
 */
export interface RedisKeys {
  /** A hash: one session. */
  ofSession(session: SessionRef): string
  /** A sorted set: the ids of a user's sessions, by the time of their login. */
  ofSessionIds(userId: string): string
  /** A hash: the newest session_key of a user. */
  ofNewestKey(userId: string): string
  /** A sorted set: digests of the codes of a user's logins, by the time of the login. */
  ofCodeHashes(userId: string): string
  /** A hash: one login code. */
  ofCode(codeHash: string): string
  /** A hash: calls in one window. */
  ofCounter(name: string): string
  /** A hash: a small value that all instances share. */
  ofValue(name: string): string
  /** The id of the user whom this key belongs to; undefined where it belongs to none. */
  userOf(redisKey: string): string | undefined
}

export function createRedisKeys(prefix: string): RedisKeys {
  const ofUser = `${prefix}{`
  return {
    ofSession: ({ id, userId }) => `${prefix}{${userId}}:s:${id}`,
    ofSessionIds: userId => `${prefix}{${userId}}:r`,
    ofNewestKey: userId => `${prefix}{${userId}}:k`,
    ofCodeHashes: userId => `${prefix}{${userId}}:c`,
    ofCode: codeHash => `${prefix}c:${codeHash}`,
    ofCounter: name => `${prefix}n:${name}`,
    // Not `v:`, where the first version kept strings.
    ofValue: name => `${prefix}w:${name}`,
    userOf(redisKey) {
      // A user's id is base64url: no brace of its own ends it early.
      const end = redisKey.startsWith(ofUser) ? redisKey.indexOf('}', ofUser.length) : -1
      return end === -1 ? undefined : redisKey.slice(ofUser.length, end)
    },
  }
}
