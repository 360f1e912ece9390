import { randomFillSync } from 'node:crypto'

const POOL_BYTES = 4096
const pool = Buffer.alloc(POOL_BYTES)
let used = POOL_BYTES

/**
 * Random bytes of the system's generator. Each byte is given out once and then wiped.
 *
 * The bytes come from a pool that is filled 4096 at a time. A login takes random bytes four times:
 * 0.5 µs with the pool, 8.2 µs with `crypto.randomBytes`, and 2.4 % of a login's CPU saved
 * (`node bench/random.js`; docs/decisions/random-pool.md).
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
 * An id of 48 bits of time and 80 random bits, as 22 characters of base64url. It is a name and no
 * secret.
 *
 * Ids that are made at the same time lie next to each other in an index, so a database touches
 * fewer pages than with ids that are random throughout.
 *
 * @param now milliseconds since 1970
 */
export function timeOrderedId(now: number): string {
  const id = Buffer.alloc(16)
  id.writeUIntBE(now, 0, 6)
  randomBytes(10).copy(id, 6)
  return id.toString('base64url')
}
