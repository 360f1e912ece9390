import type { Proofs } from '../contract/proofs'
import type { StatementRunner } from './statement-runner'

/** The proofs of users in columns of theirs, and the key of these proofs in a table of one row. */
export function createSqlProofs({ read, write }: StatementRunner): Proofs {
  async function readKey(): Promise<string | undefined> {
    const [row] = await read('readDataKey', {})
    return row?.sealed
  }
  return {
    readKey,
    async createKey(sealed) {
      await write(['createDataKey'], { sealed })
      return (await readKey()) ?? sealed
    },
    async replaceKey(from, to) {
      await write(['replaceDataKey'], { from, to })
    },
    async look() {
      const [users, proven] = await Promise.all([
        read('findAnyUser', {}),
        read('findProvenUser', {}),
      ])
      return { hasUsers: users.length > 0, hasProofs: proven.length > 0 }
    },
    async prove(user) {
      await write(['proveUser', 'proveUnionid'], user)
    },
  }
}
