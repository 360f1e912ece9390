/** A pooler, such as PgBouncer, stands before the server, and the URL does not say so. */
export const POOLER_HIDDEN = 'pooler_hidden'

const USE_PGBOUNCER =
  'a pooler such as PgBouncer stands before the database: add pgbouncer=true to the parameters of DATABASE_URL'

const WRONG_PASSWORD =
  'the user or the password is wrong: special characters of a password are percent-encoded in a URL (@ is %40, # is %23, / is %2F, % is %25)'

const NO_DATABASE =
  'the database does not exist: create it, or correct its name, which ends the path of DATABASE_URL'

const NO_RIGHTS =
  'the user lacks a right: it must own the service’s tables, or be allowed to create them in the database or schema'

const NO_TABLE =
  'a table of the service is missing: somebody removed or renamed it; restart the service, which makes what is missing, or restore a backup'

const NO_TLS =
  'the server takes no TLS: turn it on there, or ask for none in DATABASE_URL (sslmode=disable, ssl-mode=DISABLED)'

const TLS_WANTED =
  'the server takes no connection without TLS: ask for it in DATABASE_URL (sslmode=require or ssl-mode=REQUIRED, better verify-full or VERIFY_IDENTITY)'

const UNTRUSTED =
  'the server’s certificate is not trusted: name the authority’s file in DATABASE_URL (sslrootcert=… or ssl-ca=…)'

const OTHER_NAME = 'the server’s certificate is for another host name: connect by the name in it'

const OVER = 'the server’s certificate is not valid at this time: renew it, or set the clock'

/** What is wrong and what an operator does about it, by the code of a refusal. */
const REFUSALS: Readonly<Record<string, string>> = {
  [POOLER_HIDDEN]: USE_PGBOUNCER,
  '26000': USE_PGBOUNCER,
  '42P05': USE_PGBOUNCER,
  // PostgreSQL: https://www.postgresql.org/docs/current/errcodes-appendix.html
  '28P01': WRONG_PASSWORD,
  '28000':
    'the server does not let this user in from here: see pg_hba.conf there, which may ask for TLS (sslmode=require)',
  '3D000': NO_DATABASE,
  '3F000': 'the schema does not exist: create it, or name another one by ?schema=',
  '42501': NO_RIGHTS,
  '42P01': NO_TABLE,
  '42703': 'a column of the service’s tables is missing: restart the service, or restore a backup',
  password_missing: 'the server asks for a password: DATABASE_URL holds none',
  // MySQL and MariaDB, by mysql2's names.
  // Also said to a user who may come by TLS only, and by MariaDB with require_secure_transport.
  ER_ACCESS_DENIED_ERROR: `${WRONG_PASSWORD}; or the server wants TLS: ssl-mode=REQUIRED`,
  ER_BAD_DB_ERROR: NO_DATABASE,
  ER_DBACCESS_DENIED_ERROR: `the user may not use this database, or it does not exist: create it, and grant the user all rights on it`,
  ER_TABLEACCESS_DENIED_ERROR: NO_RIGHTS,
  ER_COLUMNACCESS_DENIED_ERROR: NO_RIGHTS,
  ER_SPECIFIC_ACCESS_DENIED_ERROR: NO_RIGHTS,
  ER_NO_SUCH_TABLE: NO_TABLE,
  ER_BAD_FIELD_ERROR:
    'a column of the service’s tables is missing: restart the service, or restore a backup',
  ER_HOST_NOT_PRIVILEGED: 'the server lets nobody in from this host: grant the user for it',
  ER_HOST_IS_BLOCKED: 'the server has blocked this host after failures: run FLUSH HOSTS there',
  ER_ACCOUNT_HAS_BEEN_LOCKED: 'the user is locked: unlock it (ALTER USER … ACCOUNT UNLOCK)',
  ER_MUST_CHANGE_PASSWORD: 'the password has expired: change it',
  ER_NOT_SUPPORTED_AUTH_MODE:
    'the server asks for a way to log in that the driver does not know: use caching_sha2_password or mysql_native_password',
  ER_SECURE_TRANSPORT_REQUIRED: TLS_WANTED,
  // TLS, by Node's names.
  tls_unavailable: NO_TLS,
  tls_untrusted: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: OTHER_NAME,
  CERT_HAS_EXPIRED: OVER,
  CERT_NOT_YET_VALID: OVER,
  // Our own.
  schema_foreign: 'tables of somebody else have our names: set TABLE_PREFIX to another prefix',
  schema_unknown:
    'the list of migrations is not of this version: start the version that made it, or set TABLE_PREFIX to the prefix that its tables have',
}

const DISK_FULL = 'the disk of the database is full: make room there; the service goes on by itself'

/** Outages that last until somebody does this. */
const OUTAGES: Readonly<Record<string, string>> = {
  '53100': DISK_FULL,
  ER_DISK_FULL: DISK_FULL,
  ER_RECORD_FILE_FULL: DISK_FULL,
}

/** What an operator does about an outage that does not pass by itself. */
export function fixOfOutage(code: string): string | undefined {
  return OUTAGES[code]
}

/** What a refusal means and what an operator does about it, in one sentence. */
export function fixOf(code: string): string {
  return REFUSALS[code] ?? 'check host, credentials and rights'
}
