import { type Kysely, type RawBuilder, sql } from 'kysely'
import { type OpenedTables, type OpenTablesOptions, openTables } from './open-tables'
import { unusable } from './refusal'
import { lookAtSchema, type SchemaState } from './sql/migrate'
import { prefixTables } from './sql/prefix-tables'
import type { SqlDialect, Tables } from './sql/tables'

/** What a database is like, for who wants to know whether the service can work with it. */
export interface DatabaseFacts {
  readonly dialect: SqlDialect
  readonly version: string
  readonly schema: SchemaState
  /** A replica, or a server that takes no writes. */
  readonly isReadOnly: boolean
  /** Whether tables may be made; undefined where the database does not say. */
  readonly mayCreate: boolean | undefined
  /** Whether the connection is encrypted; undefined for a file. */
  readonly isEncrypted: boolean | undefined
  /** What is wrong with a SQLite file's pages, or undefined. */
  readonly damage: string | undefined
  /** The sealed key of the users' proofs; undefined where there is none. */
  readonly sealedDataKey: string | undefined
  readonly hasUsers: boolean
}

type Answers = Pick<
  DatabaseFacts,
  'version' | 'isReadOnly' | 'mayCreate' | 'isEncrypted' | 'damage'
>

/**
 * Looks at a database and changes nothing.
 *
 * @throws ConfigError when it cannot be opened, without its URL
 */
export async function inspectDatabase(
  database: string,
  options: OpenTablesOptions,
): Promise<DatabaseFacts> {
  const tables = await openTables(database, options)
  try {
    const { db, dialect } = tables
    const schema = await lookAtSchema(db, tables)
    return {
      dialect,
      schema,
      ...(await ASK[dialect](tables)),
      ...(await lookAtRows(tables, schema)),
    }
  } catch (error) {
    throw unusable(database, error)
  } finally {
    await tables.close()
  }
}

async function lookAtRows(
  { db, tablePrefix, schema }: OpenedTables,
  { missing }: SchemaState,
): Promise<Pick<DatabaseFacts, 'sealedDataKey' | 'hasUsers'>> {
  if (missing.length > 0) return { sealedDataKey: undefined, hasUsers: false }
  const ours = (db as Kysely<Tables>).withPlugin(prefixTables(tablePrefix, schema))
  const key = await ours.selectFrom('data_keys').select('sealed').executeTakeFirst()
  const user = await ours.selectFrom('users').select('id').limit(1).executeTakeFirst()
  return { sealedDataKey: key?.sealed, hasUsers: user !== undefined }
}

const ASK: Readonly<Record<SqlDialect, (tables: OpenedTables) => Promise<Answers>>> = {
  async sqlite({ db }) {
    const version = await one(db, sql`select sqlite_version() as value`)
    const health = await one(db, sql`pragma quick_check(1)`)
    return {
      version,
      isReadOnly: false,
      mayCreate: true,
      isEncrypted: undefined,
      damage: health === 'ok' ? undefined : health,
    }
  },
  async postgres({ db, schema = '' }) {
    const version = await one(db, sql`select current_setting('server_version') as value`)
    const replica = await one(db, sql`select pg_is_in_recovery()::text as value`)
    const refusing = await one(db, sql`select current_setting('transaction_read_only') as value`)
    const rights = sql`select has_schema_privilege(current_user, ${schema}, 'CREATE')::text as value`
    // A schema that is not there yet is made at the start, where the role may.
    const mayCreate = await one(db, rights).catch(() => undefined)
    const tls = sql`select coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false)::text as value`
    return {
      version,
      isReadOnly: replica === 'true' || refusing === 'on',
      mayCreate: mayCreate === undefined ? undefined : mayCreate === 'true',
      isEncrypted: (await one(db, tls)) === 'true',
      damage: undefined,
    }
  },
  async mysql({ db }) {
    const version = await one(db, sql`select version() as value`)
    const refusing = await one(db, sql`select @@read_only as value`)
    const { rows } = await sql<{ Value: string }>`show session status like 'Ssl_cipher'`.execute(db)
    return {
      version,
      isReadOnly: refusing !== '0' && refusing !== 'OFF',
      mayCreate: undefined,
      isEncrypted: Boolean(rows[0]?.Value),
      damage: undefined,
    }
  },
}

async function one(db: Kysely<unknown>, query: RawBuilder<unknown>): Promise<string> {
  const { rows } = await query.execute(db)
  return String(Object.values((rows[0] ?? {}) as object)[0])
}
