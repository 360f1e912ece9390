import { LoginError } from '../../errors'
import { POOLER_HIDDEN } from './refusals'

/**
 * What a failure of PostgreSQL, MySQL or MariaDB means: a conflict that the server ended by refusing
 * one side, which tries again; an outage that goes by itself or by mending the server; or a refusal,
 * which stays until somebody changes a setting, a right or the schema.
 */
export type SqlFault = 'conflict' | 'outage' | 'refusal'

/** Serialization failure, deadlock; MariaDB's "record has changed since last read". */
const CONFLICT = /^(40001|40P01|ER_LOCK_DEADLOCK|ER_CHECKREAD)$/

const OUTAGES: readonly RegExp[] = [
  // Errors of the operating system, like ECONNREFUSED. ENOTFOUND is one of them: the name may belong
  // to a container that starts later.
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
  const text = String(message)
  if (code === PROTOCOL_VIOLATION) return codeOfPooler(text)
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') return 'tls_unavailable'
  if (code === 'HANDSHAKE_SSL_ERROR') return codeOfHandshake(text)
  if (typeof code === 'string') return code
  // Errors of the migrator have no code, and neither have those that node-postgres finds by itself.
  if (/migration/.test(text)) return 'schema_unknown'
  if (/password must be a (non-empty )?string/.test(text)) return 'password_missing'
  if (/does not support SSL/.test(text)) return 'tls_unavailable'
  return /connection|timeout|not queryable/i.test(text) && !/SSL/.test(text)
    ? CONNECTION_LOST
    : 'unknown'
}

/** PgBouncer says almost everything under this code of PostgreSQL's. */
const PROTOCOL_VIOLATION = '08P01'

/** What PostgreSQL itself would say in the place of PgBouncer. */
const SAID_BY_POOLER: readonly (readonly [RegExp, string])[] = [
  [/startup (parameter|options)/i, POOLER_HIDDEN],
  [/no such database|database .* does not exist/i, '3D000'],
  [/no such user|authentication failed|auth failed|role .* does not exist/i, '28P01'],
]

function codeOfPooler(text: string): string {
  return SAID_BY_POOLER.find(([pattern]) => pattern.test(text))?.[1] ?? PROTOCOL_VIOLATION
}

/** mysql2 gives every failure of TLS one code: only the text says whether the certificate is at fault. */
function codeOfHandshake(text: string): string {
  if (/altname|does not match/i.test(text)) return 'ERR_TLS_CERT_ALTNAME_INVALID'
  if (/expired/i.test(text)) return 'CERT_HAS_EXPIRED'
  return /certificate/i.test(text) ? 'tls_untrusted' : CONNECTION_LOST
}
