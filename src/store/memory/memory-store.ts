import type { NewLogin } from '../contract/sessions'
import { type Store, SWEEP_BATCH } from '../contract/store'
import type { Trial } from '../contract/trial'
import type { SavedUser, UserStore } from '../contract/user-store'
import { createMemoryCodes } from './codes'
import { createMemoryCounters } from './counters'
import { createMemoryEndings } from './endings'
import { type Expiring, expiredNames } from './expiry'
import { createMemoryProofs } from './proofs'
import { createMemorySessions } from './sessions'
import { createMemoryUsers, type MemoryUsers } from './users'
import { createMemoryValues } from './values'

/** The store contract on plain Maps: for tests and trials. A restart logs everybody out. */
export function createMemoryStore(sweepBatch = SWEEP_BATCH): Store & UserStore {
  const codeEntries = new Map()
  const counterEntries = new Map()
  const valueEntries = new Map()
  const users = createMemoryUsers()
  const codes = createMemoryCodes(codeEntries)
  const sessions = createMemorySessions(users, codes)
  const endings = createMemoryEndings({ users, sessions, codes: codeEntries })

  function removeExpired(entries: Map<string, Expiring>, now: number): number {
    const expired = expiredNames(entries, now, sweepBatch)
    for (const name of expired) entries.delete(name)
    return expired.length
  }

  return {
    codes,
    sessions,
    users: { ...users, ...endings },
    counters: createMemoryCounters(counterEntries),
    values: createMemoryValues(valueEntries),
    proofs: createMemoryProofs(users),

    saveUser: async login => savedUser(login, users.save(login)),

    async sweep(now) {
      const removed = [codeEntries, counterEntries, valueEntries].map(each =>
        removeExpired(each, now),
      )
      removed.push(sessions.removeExpired(now, sweepBatch))
      return removed.some(count => count >= sweepBatch)
    },

    async ping() {},
    trials: [TRIAL],
    userTrial: TRIAL,
    async close() {},
  }
}

/** Maps take every login. */
const TRIAL: Trial = { part: 'database', async run() {} }

function savedUser(login: NewLogin, user: ReturnType<MemoryUsers['save']>): SavedUser {
  const { id: userId, disabledAt, unionid, unionidProof, newestKeyHash, newestKeyAt } = user
  const isNewUser = userId === login.newUserId
  const isDisabled = disabledAt !== null
  return { userId, isNewUser, isDisabled, unionid, unionidProof, newestKeyHash, newestKeyAt }
}
