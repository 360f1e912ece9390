import type { DataKeys } from './data-keys'

/** What a login code is called in the store, where neither it nor an Idempotency-Key rests. */
export interface CodeNames {
  codeHash(appid: string, code: string): Promise<string>
  /** Bound to the code: one key beside two codes has two names. */
  idempotencyHash(idempotencyKey: string, codeHash: string): Promise<string>
}

/**
 * Keyed digests: whoever reads the store and guesses a code cannot see whether it was used. The key
 * is the deployment's, so that instances in different steps of a rotation call one code alike.
 */
export function createCodeNames(dataKeys: Pick<DataKeys, 'get'>): CodeNames {
  return {
    codeHash: async (appid, code) => (await dataKeys.get()).digest('code', appid, code),
    idempotencyHash: async (idempotencyKey, codeHash) =>
      (await dataKeys.get()).digest('idempotency', idempotencyKey, codeHash),
  }
}
