import { createDataKey } from '../../src/token/data-key'

const key = createDataKey({ secret: Buffer.alloc(32, 7).toString('base64url'), adoptUntil: 0 })

/** A data key that is always there, for what needs no store. */
export const DATA_KEYS = { get: async () => key, isAdopting: () => false }
