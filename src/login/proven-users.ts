import type { User as StoredUser } from '../store/contract/users'
import type { Bonds } from './bonds'

/** A user, without what the store keeps to prove one. */
export type User = Omit<StoredUser, 'proof' | 'unionidProof'>

/**
 * Users as far as they are proven. Who is not proven to be the user of his row is left out, and so
 * is a unionid without its proof: see `bonds.ts`.
 */
export interface ProvenUsers {
  one(asked: Promise<StoredUser | undefined>): Promise<User | undefined>
  all(asked: Promise<readonly StoredUser[]>): Promise<readonly User[]>
}

export function createProvenUsers(bonds: Pick<Bonds, 'holds' | 'holdsUnionid'>): ProvenUsers {
  async function proven(user: StoredUser): Promise<User | undefined> {
    if (!(await bonds.holds(user))) return undefined
    const { proof: _proof, unionidProof, ...shown } = user
    const { id: userId, unionid } = user
    if (unionid === null) return shown
    const isLinked = await bonds.holdsUnionid({ userId, unionid, unionidProof })
    return isLinked ? shown : { ...shown, unionid: null }
  }

  return {
    async one(asked) {
      const user = await asked
      return user && proven(user)
    },
    async all(asked) {
      const users = await Promise.all((await asked).map(proven))
      return users.filter(user => user !== undefined)
    },
  }
}
