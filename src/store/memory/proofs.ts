import type { Proofs } from '../contract/proofs'
import type { MemoryUsers } from './users'

export function createMemoryProofs(users: Pick<MemoryUsers, 'all'>): Proofs {
  let key: string | undefined
  return {
    readKey: async () => key,
    async createKey(sealed) {
      key ??= sealed
      return key
    },
    async replaceKey(from, to) {
      if (key === from) key = to
    },
    async look() {
      const all = [...users.all().values()]
      return { hasUsers: all.length > 0, hasProofs: all.some(({ proof }) => proof !== null) }
    },
    async prove({ id, appid, openid, unionid, proof, unionidProof }) {
      const user = users.all().get(id)
      if (user?.appid !== appid || user.openid !== openid) return
      user.proof = proof
      if (unionid !== null && user.unionid === unionid) user.unionidProof = unionidProof
    },
  }
}
