import type { Values } from '../contract/values'
import type { StatementRunner } from './statement-runner'

/** Power cuts may undo these writes, says their contract: none waits for the disk. */
const NOT_DURABLE = { durable: false } as const

/** Small values in a table, a row for each name. */
export function createSqlValues({ read, write }: StatementRunner): Values {
  return {
    async read(name, now) {
      const [row] = await read('readValue', { name, now })
      return row?.value
    },
    async write(name, value, { expiresAt }) {
      await write(['writeValue'], { name, value, expiresAt }, NOT_DURABLE)
    },
    async claim(name, value, { now, expiresAt }) {
      // Whose value is there afterwards: databases differ in how they count changed rows.
      const params = { name, value, now, expiresAt }
      const [, found] = await write(['claimValue', 'readValue'], params, NOT_DURABLE)
      return found[0]?.value === value
    },
    async drop(name, value) {
      const [dropped] = await write(['dropValue'], { name, value }, NOT_DURABLE)
      return dropped === 1
    },
  }
}
