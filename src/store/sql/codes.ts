import type { Codes, LoginCode } from '../contract/codes'
import type { StatementRunner } from './statement-runner'
import type { RowOf } from './statements'

/** Login codes in a table, by their digest. */
export function createSqlCodes({ read, write }: StatementRunner): Codes {
  async function find(codeHash: string): Promise<LoginCode | undefined> {
    const [row] = await read('findCode', { codeHash })
    return row && toLoginCode(row)
  }
  return {
    async claim(claim) {
      for (;;) {
        // After a power cut WeChat itself refuses a code that was spent: no need to wait for the disk.
        const [claimed] = await write(['claimCode'], claim, { durable: false })
        if (claimed === 1) return undefined
        const known = await find(claim.codeHash)
        // A code that is gone by now was freed or forgotten in between: this caller may take it.
        if (known) return known
      }
    },
    find,
    async release(codeHash, owner) {
      await write(['releaseCode'], { codeHash, owner })
    },
    async fail(codeHash, { owner, error, wxErrcode, now }) {
      await write(['failCode'], { codeHash, owner, error, wxErrcode, now })
    },
  }
}

function toLoginCode(row: RowOf<'findCode'>): LoginCode {
  return {
    status: row.status,
    owner: row.owner,
    idempotencyHash: row.idempotency_hash,
    claimedAt: row.claimed_at,
    settledAt: row.settled_at,
    sessionRef: row.session_ref,
    userId: row.user_id,
    isNewUser: row.is_new_user === 1,
    error: row.error,
    wxErrcode: row.wx_errcode,
  }
}
