import { randomFillSync } from 'node:crypto'

const POOL_BYTES = 4096
const pool = Buffer.alloc(POOL_BYTES)
let used = POOL_BYTES

/**
 * Random bytes, each given out once. Asked for a few at a time, the system's generator costs as
 * much as a signature; filled by the page, next to nothing.
 */
export function randomBytes(size: number): Buffer {
  if (used + size > POOL_BYTES) {
    randomFillSync(pool)
    used = 0
  }
  const bytes = Buffer.from(pool.subarray(used, used + size))
  pool.fill(0, used, used + size)
  used += size
  return bytes
}

/**
 * 48 bits of time and 80 of chance, as text: what is made together lies together in an index, so
 * a database touches fewer pages than for ids that are random throughout. A name, not a secret.
 */
export function timeOrderedId(now: number): string {
  const id = Buffer.alloc(16)
  id.writeUIntBE(now, 0, 6)
  randomBytes(10).copy(id, 6)
  return id.toString('base64url')
}
