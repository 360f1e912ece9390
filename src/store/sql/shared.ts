import type { Life, SharedValues } from '../store'
import type { Params, SqlDriver } from './sql-store'
import type { StatementName } from './statements'

/** Shared values in a table of their own. A power cut may undo a write: what is lost is asked anew. */
export function createSqlShared(driver: SqlDriver): SharedValues {
  const write = (statements: readonly StatementName[], params: Params) =>
    driver.write(statements, params, { durable: false })
  const paramsOf = (key: string, value: string, { now, expiresAt }: Life) => {
    return { key, value, now, expiresAt }
  }

  return {
    async readShared(key, now) {
      const [row] = await driver.read('readShared', { key, now })
      return row && String(row.value)
    },
    async writeShared(key, value, life) {
      await write(['writeShared'], paramsOf(key, value, life))
    },
    async claimShared(key, value, life) {
      // Whose value it is now says it alike everywhere; databases count changed rows differently.
      const [, read] = await write(['claimShared', 'readShared'], paramsOf(key, value, life))
      return typeof read === 'object' && read[0]?.value === value
    },
    async dropShared(key, value) {
      const [dropped] = await write(['dropShared'], { key, value })
      return dropped === 1
    },
  }
}
