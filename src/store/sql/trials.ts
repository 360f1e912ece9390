import { randomBytes } from 'node:crypto'
import { TRIAL_LIFE_MS, type Trial } from '../contract/trial'
import type { StatementRunner } from './statement-runner'

/** No user has this id: ids of ours are 22 characters. */
const NOBODY = ''

/**
 * The writes of a login, in one transaction. A code is claimed and freed, which is a real write: a
 * disk that is full or a server that can only be read refuses it. The other statements meet no row,
 * and a server checks its rights before it looks for rows.
 */
export function createLoginTrial({ write }: StatementRunner): Trial {
  // Of this store alone: two instances that try at the same time do not wait for each other.
  const codeHash = `trial-${randomBytes(12).toString('base64url')}`
  const owner = codeHash
  const session = { userId: NOBODY, sessionId: NOBODY, sealed: '', sessionKeyHash: '' }
  const settled = { sessionRef: '', newUserId: NOBODY, isDisabled: 1 }
  const user = { appid: NOBODY, openid: NOBODY }
  const claim = { codeHash, owner, idempotencyHash: null }
  return {
    part: 'database',
    async run(now) {
      await write(
        [
          ...(['claimCode', 'tryUpsertUser', 'endOldest', 'insertSession'] as const),
          ...(['settleCode', 'releaseCode', 'findUserOfLogin'] as const),
        ],
        {
          ...{ ...claim, ...session, ...settled, ...user },
          ...{ oldestId: null, now, expiresAt: now + TRIAL_LIFE_MS },
        },
        { durable: false },
      )
    },
  }
}

/**
 * The same for a store that keeps the users alone. `ping` is the real write here: no table of users
 * can be written and put back.
 */
export function createUserTrial({ write }: StatementRunner, ping: () => Promise<void>): Trial {
  return {
    part: 'database',
    async run() {
      await ping()
      const nobody = { appid: NOBODY, openid: NOBODY }
      await write(['tryUpsertUser', 'findSavedUser'], nobody, { durable: false })
    },
  }
}
