import type { Platform } from './platform'

export interface Token {
  readonly token: string
  /** Milliseconds since 1970, by the phone's clock. */
  readonly expiresAt: number
  renewAt: number
}

/** What stands in the storage. */
export interface KeptRecord extends Partial<Token> {
  readonly baseUrl?: string
  readonly isOut?: boolean
  /** Milliseconds since 1970. Until then no request carries a code. */
  readonly plainUntil?: number | undefined
}

export interface Kept {
  read(): KeptRecord
  write(record: KeptRecord): void
}

/**
 * A record in the storage, read once. A storage that throws or is full costs a login at the next
 * launch, and nothing else. A record of another server's is not read: two clients may be given one
 * `storageKey`, and a token is for its own server alone.
 */
export function createKept(
  platform: Platform,
  { storageKey, baseUrl }: { storageKey: string; baseUrl: string },
): Kept {
  let kept: KeptRecord | undefined
  return {
    read() {
      if (kept) return kept
      kept = {}
      try {
        const record = platform.getStorageSync(storageKey) as KeptRecord | undefined
        if (record && record.baseUrl === baseUrl) kept = record
      } catch {}
      return kept
    },
    write(record) {
      kept = record
      try {
        platform.setStorageSync(storageKey, record)
      } catch {
        // Rather no token than one that was replaced.
        try {
          platform.removeStorageSync(storageKey)
        } catch {}
      }
    },
  }
}
