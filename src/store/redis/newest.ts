import { withDeadline } from '../deadline'
import type { Session, SessionKeys, UserStore } from '../store'
import { guarded } from './errors'
import type { RedisRoute } from './route'
import { NOTE_KEY_CHECK, REPLACE_NEWEST_KEY, runScript } from './scripts'

/** What may change for all of a user's sessions: the newest session_key, and a late unionid. */
export type Newest = Pick<Session, 'userKeyHash' | 'userKeyAt' | 'userKeyCheck' | 'unionid'>

export const newestKey = (userId: string) => `mpl:{${userId}}:k`

const WRITTEN = /^(\d+)(?:,(\d+),([01]))?\|([^|]*)(?:\|(.*))?$/s

/**
 * `time|hash|unionid`, and `time,checked,valid|…` once WeChat was asked about the key; the unionid
 * may be empty, and an earlier version did not write it.
 */
export function readNewest(text: string): Newest {
  const [, at, checkedAt, valid, userKeyHash = '', unionid] = WRITTEN.exec(text) ?? []
  return {
    userKeyAt: Number(at),
    userKeyHash,
    userKeyCheck: checkedAt === undefined ? null : { at: Number(checkedAt), valid: valid === '1' },
    unionid: unionid || null,
  }
}

interface Parts {
  route: RedisRoute
  users: Pick<UserStore, 'replaceNewestKey'>
  /** Runs a change of these keys, so that this instance sees it at once. */
  changing<T>(keys: readonly string[], work: () => Promise<T>): Promise<T>
  /** Waits until the other instances have been told. */
  untilTold(key: string): Promise<void>
}

export function createRedisNewestKeys({
  route,
  users,
  changing,
  untilTold,
}: Parts): Pick<SessionKeys, 'noteKeyCheck' | 'replaceNewestKey'> {
  const change = (userId: string, work: (key: string) => Promise<unknown>) => {
    const key = newestKey(userId)
    return guarded(withDeadline(changing([key], () => work(key)).then(() => untilTold(key))))
  }
  return {
    noteKeyCheck: (userId, keyHash, { at, valid }) =>
      change(userId, key => runScript(route, NOTE_KEY_CHECK, [key], [keyHash, at, valid ? 1 : 0])),

    async replaceNewestKey(userId, { from, to, now }) {
      await users.replaceNewestKey(userId, { from, to, now })
      await change(userId, key => runScript(route, REPLACE_NEWEST_KEY, [key], [from, to, now]))
    },
  }
}
