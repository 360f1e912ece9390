import { randomBytes } from 'node:crypto'
import type { Codes } from '../contract/codes'
import { TRIAL_LIFE_MS, type Trial } from '../contract/trial'
import { addSession, type RedisSessionsOptions } from './begin-session'
import { eraseUser } from './end-sessions'

/**
 * A login of a user who is nobody: a code is claimed, a session begins, and all of it is removed.
 * An ACL that refuses a script, a memory that is full, a proxy that takes no scripts: PING gets
 * through each of them.
 */
export function createRedisTrial(
  options: RedisSessionsOptions,
  codes: Pick<Codes, 'claim' | 'release'>,
): Trial {
  // Of this store alone: no other instance removes what this one has just written.
  const name = `trial-${randomBytes(12).toString('base64url')}`
  const nothing = { unionid: null, proof: null, unionidProof: null, sessionKeyHash: null }
  const login = { codeHash: name, owner: name, sessionId: name, newUserId: name }
  const user = { userId: name, isNewUser: true, unionid: null, unionidProof: null }
  const saved = { ...user, newestKeyHash: null, newestKeyAt: 0, isDisabled: false }
  return {
    part: 'redis',
    async run(now) {
      const life = { now, expiresAt: now + TRIAL_LIFE_MS }
      await codes.claim({ codeHash: name, owner: name, idempotencyHash: null, ...life })
      await options.redis.inTime(async () => {
        const rest = { appid: '', openid: '', sealed: '', sessionRef: '' }
        await addSession(options, { ...login, ...nothing, ...rest, ...life }, saved)
        await eraseUser(options, name)
      })
      await codes.release(name, name)
    },
  }
}
