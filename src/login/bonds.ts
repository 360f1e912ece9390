import { LoginError } from '../errors'
import type { Proofs } from '../store/contract/proofs'
import type { User } from '../store/contract/users'
import type { DataKey } from '../token/data-key'
import type { DataKeys } from './data-keys'

/** A user as the bond's proof names one. */
export type Bond = Pick<User, 'id' | 'appid' | 'openid'>

/** A unionid that a row gives to a user, and its proof. */
export interface UnionidBond {
  readonly userId: string
  readonly unionid: string
  readonly unionidProof: string | null
}

/** Proofs of who is who: of a user's id with appid and openid, and of a unionid with the id. */
export interface Bonds {
  prove(bond: Bond): Promise<string>
  proveUnionid(userId: string, unionid: string): Promise<string>
  /**
   * Refuses a user whose proof is not right. One without a proof gets it while users are adopted.
   *
   * @throws LoginError `store_unavailable` with the reason `user_unproven`
   */
  check(user: User): Promise<void>
  /** Whether a row says who the user is. */
  holds(user: User): Promise<boolean>
  /** Whether a row's unionid is one that a login of the user brought. */
  holdsUnionid(bond: UnionidBond): Promise<boolean>
  /** Writes the proofs of a user as the row stands. */
  adopt(user: User): Promise<void>
}

export interface BondsOptions {
  dataKeys: DataKeys
  store: { readonly proofs: Pick<Proofs, 'prove'> }
}

/**
 * Proves the bonds of users by MACs of the data key. Without a proof, whoever swaps two openids in
 * the users' table makes the next login of one user the other's.
 *
 * The unionid has a proof of its own: a wrong one counts as unknown, and nobody is refused for it.
 */
export function createBonds({ dataKeys, store }: BondsOptions): Bonds {
  const isAbsent = (key: DataKey, proof: string | null): boolean =>
    dataKeys.isAdopting() && !key.isOwn(proof)

  async function holds(user: User): Promise<boolean> {
    const key = await dataKeys.get()
    if (isAbsent(key, user.proof)) return true
    return user.proof !== null && key.holds(user.proof, ...partsOf(user))
  }

  async function adopt(user: User): Promise<void> {
    const key = await dataKeys.get()
    const { id, appid, openid, unionid } = user
    const unionidProof = unionid === null ? null : key.prove(...unionidPartsOf(id, unionid))
    const proof = key.prove(...partsOf(user))
    await store.proofs.prove({ id, appid, openid, unionid, proof, unionidProof })
  }

  return {
    prove: async bond => (await dataKeys.get()).prove(...partsOf(bond)),
    proveUnionid: async (userId, unionid) =>
      (await dataKeys.get()).prove(...unionidPartsOf(userId, unionid)),
    holds,
    adopt,

    async check(user) {
      if (!(await holds(user))) throw unproven(user)
      const key = await dataKeys.get()
      if (!key.isOwn(user.proof)) await adopt(user)
    },

    async holdsUnionid({ userId, unionid, unionidProof }) {
      const key = await dataKeys.get()
      if (isAbsent(key, unionidProof)) return true
      return unionidProof !== null && key.holds(unionidProof, ...unionidPartsOf(userId, unionid))
    },
  }
}

/** No fault of the caller's, and no code that a new wx.login would mend: the store needs a look. */
function unproven({ id }: Pick<Bond, 'id'>): LoginError {
  // The row is not believed: an id that is none of ours would be somebody else's text in the log.
  const userId = /^[\w-]{22}$/.test(id) ? id : undefined
  return new LoginError('store_unavailable', { reason: 'user_unproven', userId })
}

function partsOf({ id, appid, openid }: Bond): readonly string[] {
  return ['user', id, appid, openid]
}

function unionidPartsOf(userId: string, unionid: string): readonly string[] {
  return ['unionid', userId, unionid]
}
