import {
  CompiledQuery,
  type DatabaseConnection,
  PostgresAdapter,
  PostgresDialect,
  PostgresDriver,
} from 'kysely'

/** The number of the advisory lock that Kysely's own migrator takes. */
const LOCK = '3853314791062309107'

/**
 * PostgreSQL for migrations. Kysely locks them by the session. Behind a pooler that lends a
 * connection for one transaction, its unlocking may reach another connection: the lock then stays,
 * and every later start waits for it for an hour. Here the lock belongs to the transaction that
 * migrates, and ends with it. It is the same lock, so that both kinds keep each other out.
 */
export class MigrationDialect extends PostgresDialect {
  readonly #config: ConstructorParameters<typeof PostgresDialect>[0]

  constructor(config: ConstructorParameters<typeof PostgresDialect>[0]) {
    super(config)
    this.#config = config
  }

  override createDriver(): PostgresDriver {
    return new LockingDriver(this.#config)
  }

  override createAdapter(): PostgresAdapter {
    return new AdapterWithoutLock()
  }
}

class LockingDriver extends PostgresDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    // Whoever has waited for the lock must see what the one before has changed.
    await super.beginTransaction(connection, { isolationLevel: 'read committed' })
    // Another instance's migration may take its time.
    await connection.executeQuery(CompiledQuery.raw(`set local lock_timeout = '1h'`))
    await connection.executeQuery(CompiledQuery.raw(`select pg_advisory_xact_lock(${LOCK})`))
  }
}

class AdapterWithoutLock extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}
