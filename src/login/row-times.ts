import { LoginError } from '../errors'

/**
 * Refuses times of a row that no Date can hold. SQLite keeps any text in a column of numbers, and
 * whoever can write the store can put it there.
 *
 * @throws LoginError `store_unavailable` with the reason `row_unreadable`
 */
export function checkTimes(...times: readonly number[]): void {
  if (!times.every(isTime)) throw new LoginError('store_unavailable', { reason: 'row_unreadable' })
}

function isTime(value: number): boolean {
  return Number.isFinite(value) && Math.abs(value) <= 8.64e15
}
