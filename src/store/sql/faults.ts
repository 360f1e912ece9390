import { LoginError } from '../../errors'

/**
 * What a failure of PostgreSQL, MySQL or MariaDB means: a conflict that the server ended by refusing
 * one side, which tries again; an outage that goes by itself or by mending the server; or a refusal,
 * which stays until somebody changes a setting, a right or the schema.
 */
export type SqlFault = 'conflict' | 'outage' | 'refusal'

/** Serialization failure, deadlock; MariaDB's "record has changed since last read". */
const CONFLICT = /^(40001|40P01|ER_LOCK_DEADLOCK|ER_CHECKREAD)$/

const OUTAGES: readonly RegExp[] = [
  // Of the system, like ECONNREFUSED. A name that is not found may be a container still to come.
  /^E(?!R)[A-Z0-9_]+$/,
  // PostgreSQL: connection, resources, lock time-out, stopped or starting, disk, read-only replica.
  /^(08...|53...|55P03|57...|58...|25006)$/,
  /^PROTOCOL_/,
  /^ER_(CON_COUNT_ERROR|TOO_MANY_USER_CONNECTIONS|USER_LIMIT_REACHED)$/,
  /^ER_(SERVER_SHUTDOWN|NORMAL_SHUTDOWN|NEW_ABORTING_CONNECTION|CONNECTION_KILLED)$/,
  /^ER_(OUTOFMEMORY|OUT_OF_RESOURCES|DISK_FULL|RECORD_FILE_FULL)$/,
  /^ER_(LOCK_WAIT_TIMEOUT|QUERY_INTERRUPTED|QUERY_TIMEOUT|STATEMENT_TIMEOUT)$/,
  /^ER_(OPTION_PREVENTS_STATEMENT|READ_ONLY_MODE|CANT_EXECUTE_IN_READ_ONLY_TRANSACTION)$/,
]

export function sqlFaultOf(error: unknown): SqlFault {
  const code = sqlCodeOf(error)
  if (CONFLICT.test(code)) return 'conflict'
  const isOutage = error instanceof LoginError || code === CONNECTION_LOST
  return isOutage || OUTAGES.some(pattern => pattern.test(code)) ? 'outage' : 'refusal'
}

const CONNECTION_LOST = 'connection_lost'

/** The failure in one word for the log: never the database's text, which may quote values. */
export function sqlCodeOf(error: unknown): string {
  if (error instanceof LoginError) return error.reason ?? error.code
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (typeof code === 'string') return code
  // No code have the migrator's and what node-postgres finds out by itself.
  const text = String(message)
  if (/migration/.test(text)) return 'schema_unknown'
  return /connection|timeout|not queryable/i.test(text) && !/SSL/.test(text)
    ? CONNECTION_LOST
    : 'unknown'
}
