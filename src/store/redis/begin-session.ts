import { CODE_RECORD_MS } from '../contract/codes'
import { type BegunLogin, MAX_SESSIONS_PER_USER, type NewLogin } from '../contract/sessions'
import type { SavedUser, UserStore } from '../contract/user-store'
import type { Users } from '../contract/users'
import type { SettleCode } from './codes'
import { type EndSessionsOptions, endSessions, eraseUser } from './end-sessions'
import type { FirstLayout } from './first-layout'
import { lifeOf } from './redis-commands'
import { sessionArgs } from './session-record'
import { addSessionNaming } from './session-scripts'

export interface RedisSessionsOptions extends EndSessionsOptions {
  firstLayout: FirstLayout
  users: Pick<UserStore, 'saveUser'> & { readonly users: Pick<Users, 'find'> }
  settleCode: SettleCode
}

/**
 * Begins the session of a login. The database says who may log in, and the session goes to Redis:
 * between the two a user may be disabled or erased. Whoever does that writes to the database first
 * and ends the sessions in Redis then; this looks at the database once more when the session is in
 * Redis. One of the two always sees the other. The look is one read by primary key for a login.
 */
export async function beginSession(
  options: RedisSessionsOptions,
  login: NewLogin,
): Promise<BegunLogin> {
  const user = await options.users.saveUser(login)
  const { userId, isNewUser, isDisabled } = user
  if (isDisabled) return { userId, isNewUser, evicted: [], isDisabled }
  const evicted = await addSession(options, login, user)
  const now = await options.users.users.find(userId)
  if (!now) {
    await eraseUser(options, userId)
    return beginSession(options, login)
  }
  if (now.disabledAt !== null) {
    await endSessions(options, userId)
    return { userId, isNewUser, evicted, isDisabled: true }
  }
  await options.settleCode(login, userId, isNewUser)
  return { userId, isNewUser, evicted, isDisabled: false }
}

/** Writes the session of a login. Resolves to the ids of the sessions that had to end. */
export async function addSession(
  { redis, redisKeys, cache, firstLayout }: RedisSessionsOptions,
  { codeHash, sessionId: id, appid, openid, sealed, sessionKeyHash, now, expiresAt }: NewLogin,
  { userId, unionid, unionidProof, newestKeyHash, newestKeyAt }: SavedUser,
): Promise<readonly string[]> {
  const on = [
    redisKeys.ofSession({ id, userId }),
    redisKeys.ofSessionIds(userId),
    redisKeys.ofNewestKey(userId),
    redisKeys.ofCodeHashes(userId),
  ]
  const args = [
    ...[id, lifeOf(expiresAt, now), now, MAX_SESSIONS_PER_USER],
    ...[newestKeyHash ?? '', newestKeyAt, unionid ?? '', unionidProof ?? ''],
    ...[codeHash, CODE_RECORD_MS],
    ...sessionArgs({
      ...{ appid, openid, unionid, unionidProof, sealed, sessionKeyHash },
      ...{ createdAt: now, expiresAt },
    }),
  ]
  const naming = (ids: readonly string[]) => {
    const named = ids.map(each => redisKeys.ofSession({ id: each, userId }))
    return redis.run(addSessionNaming(ids.length), [...on, ...named], ...args, ...ids)
  }
  return cache.changing(userId, async () => {
    let ids: readonly string[] = []
    for (;;) {
      const reply = await firstLayout.convertedFor(userId, () => naming(ids))
      const [isAdded, found] = reply as [0 | 1, string[]]
      if (isAdded === 1) return found
      ids = found
    }
  })
}
