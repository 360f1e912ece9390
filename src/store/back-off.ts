import { randomInt } from 'node:crypto'

const FIRST_PAUSE_MS = 32
const LONGEST_PAUSE_MS = 1000

/**
 * Milliseconds to wait after so many failures in a row: longer each time, a second at most, and
 * random by half, so that instances that failed together do not try again together.
 */
export function backOff(failures: number): number {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10))
  return randomInt(Math.floor(pause / 2), pause)
}
