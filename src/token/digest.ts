import { createHash } from 'node:crypto'
import { feedParts } from './feed-parts'

/**
 * A one-way name for a value that nobody could guess: 132 bits of SHA-256 as 22 characters of
 * base64url. Whoever reads the store can compute it from a guess. A value that can be guessed, such
 * as an address, takes the keyed digest of `data-key.ts`.
 */
export function digest(...parts: readonly string[]): string {
  return feedParts(createHash('sha256'), parts).digest('base64url').slice(0, 22)
}
