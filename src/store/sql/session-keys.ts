import type { SessionKeys } from '../store'
import type { Params, SqlDriver } from './sql-store'
import type { StatementName } from './statements'

/** What becomes of session_keys, in the tables of users and sessions. */
export function createSqlSessionKeys(driver: SqlDriver): SessionKeys {
  const write = async (statement: StatementName, params: Params) => {
    await driver.write([statement], params)
  }
  return {
    resealSession: ({ id, userId }, { sealed, from, keyHash = from }) =>
      write('resealSession', { sessionId: id, userId, sealed, from, keyHash }),
    noteKeyCheck: (userId, keyHash, { at, valid }) =>
      write('noteKeyCheck', { userId, keyHash, at, valid: valid ? 1 : 0 }),
    replaceNewestKey: (userId, { from, to, now }) =>
      write('replaceNewestKey', { userId, from, to, now }),
  }
}
