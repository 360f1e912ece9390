import { Kysely, type PostgresPool } from 'kysely'
import { MigrationDialect } from '../../../src/store/sql/migration-dialect'

/** A pool whose one connection notes what it is told. */
function notingPool(told: string[]): PostgresPool {
  const client = {
    query: async (text: unknown) => {
      told.push(String(text))
      return { command: 'SELECT' as const, rowCount: 0, rows: [] }
    },
    release() {},
  }
  return { connect: async () => client, end: async () => {} } as unknown as PostgresPool
}

test('the lock of a migration is taken inside its transaction and ends with it', async () => {
  const told: string[] = []
  const dialect = new MigrationDialect({ pool: notingPool(told) })
  const db = new Kysely<unknown>({ dialect })
  const adapter = db.getExecutor().adapter
  await adapter.acquireMigrationLock(db, { lockTable: 'l', lockRowId: 'i' })
  await db.transaction().execute(async () => void told.push('work'))
  await adapter.releaseMigrationLock(db, { lockTable: 'l', lockRowId: 'i' })
  await db.destroy()
  expect(told).toEqual([
    'start transaction isolation level read committed',
    `set local lock_timeout = '1h'`,
    'select pg_advisory_xact_lock(3853314791062309107)',
    'work',
    'commit',
  ])
})
