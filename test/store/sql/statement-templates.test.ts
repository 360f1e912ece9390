import { compileStatements } from '../../../src/store/sql/compile-statements'
import { templatesOf } from '../../../src/store/sql/statement-templates'
import { statementsFor } from '../../../src/store/sql/statements'
import { MYSQL } from '../../../src/store/sql/written/mysql'
import { POSTGRES } from '../../../src/store/sql/written/postgres'
import { SQLITE } from '../../../src/store/sql/written/sqlite'

const WRITTEN = { sqlite: SQLITE, postgres: POSTGRES, mysql: MYSQL } as const

/** What they have to be after a change of a statement: `npm run statements` writes them anew. */
test.each(['sqlite', 'postgres', 'mysql'] as const)(
  'the statements that are built in are those that Kysely writes for %s',
  dialect => {
    expect(WRITTEN[dialect]).toEqual(templatesOf(dialect))
  },
)

test.each([
  { dialect: 'sqlite', tablePrefix: 'mpl_', sweepBatch: 500 },
  { dialect: 'sqlite', tablePrefix: '', sweepBatch: 1 },
  { dialect: 'mysql', tablePrefix: 'abc_', sweepBatch: 500 },
  { dialect: 'postgres', tablePrefix: 'mpl_', sweepBatch: 500 },
  { dialect: 'postgres', tablePrefix: '', sweepBatch: 7, schema: 'login' },
  { dialect: 'postgres', tablePrefix: 'x9_', sweepBatch: 500, schema: 'a"b `c` {users} $&' },
] as const)('filled in for %j they are what Kysely writes for it', options => {
  expect(statementsFor(options)).toEqual(compileStatements(options))
})
