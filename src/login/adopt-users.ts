import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../log'
import type { Patience } from '../patience'
import type { User, Users } from '../store/contract/users'
import type { Bonds } from './bonds'
import type { DataKeys } from './data-keys'

export interface AdoptUsersOptions {
  dataKeys: DataKeys
  bonds: Pick<Bonds, 'adopt'>
  users: Pick<Users, 'list'>
  patience: Pick<Patience, 'adoptionPauseMs' | 'adoptionEveryMs' | 'adoptionRetryMs'>
  log: Pick<Log, 'warn'>
}

/**
 * After an update from 0.1 this is right. At any other start somebody has removed the proofs and the
 * key, so that a row which he altered is believed.
 */
const HINT =
  'right after an update from 0.1; at any other time somebody has altered the store: stop, and restore the users and their key from a backup. Afterwards set ADOPT_USERS=off'

/**
 * Gives a proof to every user who has none, away from any request: at the start, and again every
 * hour while users are adopted. A later round finds whom a write that failed left out, and whom
 * somebody restored from a backup of version 0.1.
 * It is said in the log once, because an attacker who can write the store can ask for it. Returns how
 * to stop it.
 */
export function startAdoption(options: AdoptUsersOptions): () => void {
  const { dataKeys, bonds, users: stored, patience, log } = options
  const stopping = new AbortController()
  const { signal } = stopping
  const pause = (ms: number) => sleep(ms, undefined, { signal, ref: false }).catch(() => {})

  let isSaid = false

  /** Resolves to how many users are left without a proof, because their writes failed. */
  async function adoptAll(): Promise<number> {
    const key = await dataKeys.get()
    if (!dataKeys.isAdopting()) return 0
    const lacksProof = ({ proof, unionid, unionidProof }: User) =>
      !key.isOwn(proof) || (unionid !== null && !key.isOwn(unionidProof))
    let left = 0
    if (!isSaid) log.warn('users_without_proof_believed', { setting: 'ADOPT_USERS', hint: HINT })
    isSaid = true
    for (let after: string | undefined = ''; after !== undefined && !signal.aborted; ) {
      const users = await stored.list(after)
      const tried = await Promise.allSettled(users.filter(lacksProof).map(bonds.adopt))
      left += tried.filter(({ status }) => status === 'rejected').length
      after = users.at(-1)?.id
      await pause(patience.adoptionPauseMs)
    }
    return left
  }

  async function run(): Promise<void> {
    do {
      // A store that is down, or a key that is lost, is told where a login meets it.
      const left = await adoptAll().catch(() => 1)
      await pause(left > 0 ? patience.adoptionRetryMs : patience.adoptionEveryMs)
    } while (!signal.aborted && dataKeys.isAdopting())
  }

  void run()
  return () => stopping.abort()
}
