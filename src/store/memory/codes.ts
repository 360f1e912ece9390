import type { CodeClaim, Codes, LoginCode } from '../contract/codes'
import type { Expiring } from './expiry'

type StoredCode = { -readonly [K in keyof LoginCode]: LoginCode[K] } & Expiring

export interface MemoryCodes extends Codes {
  /** The last step of a login. */
  settle(login: { codeHash: string; owner: string; now: number }, outcome: Outcome): void
}

type Outcome = Pick<LoginCode, 'sessionRef' | 'userId' | 'isNewUser'>

export function createMemoryCodes(codes: Map<string, StoredCode>): MemoryCodes {
  const claimedBy = (owner: string, codeHash: string): StoredCode | undefined => {
    const code = codes.get(codeHash)
    return code?.status === 'claimed' && code.owner === owner ? code : undefined
  }

  return {
    async claim({ codeHash, owner, idempotencyHash, now, expiresAt }) {
      const known = codes.get(codeHash)
      if (known) return { ...known }
      codes.set(codeHash, claimedCode({ owner, idempotencyHash, now, expiresAt }))
      return undefined
    },

    async find(codeHash) {
      const code = codes.get(codeHash)
      return code && { ...code }
    },

    async release(codeHash, owner) {
      if (claimedBy(owner, codeHash)) codes.delete(codeHash)
    },

    async fail(codeHash, { owner, error, wxErrcode, now }) {
      const code = claimedBy(owner, codeHash)
      if (code) Object.assign(code, { status: 'failed', error, wxErrcode, settledAt: now })
    },

    settle({ codeHash, owner, now }, outcome) {
      const code = claimedBy(owner, codeHash)
      if (code) Object.assign(code, { status: 'done', settledAt: now, ...outcome })
    },
  }
}

function claimedCode(claim: Omit<CodeClaim, 'codeHash'>): StoredCode {
  const { owner, idempotencyHash, now: claimedAt, expiresAt } = claim
  return {
    status: 'claimed',
    owner,
    idempotencyHash,
    claimedAt,
    settledAt: null,
    sessionRef: null,
    userId: null,
    isNewUser: false,
    error: null,
    wxErrcode: null,
    expiresAt,
  }
}
