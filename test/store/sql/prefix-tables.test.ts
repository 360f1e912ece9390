import {
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import { prefixTables } from '../../../src/store/sql/prefix-tables'
import { TABLE_NAMES, type Tables } from '../../../src/store/sql/tables'

interface WithTheirs extends Tables {
  theirs: { id: string }
}

const db = new Kysely<WithTheirs>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: each => new SqliteIntrospector(each),
  },
  plugins: [prefixTables('abc_')],
})

test.each(TABLE_NAMES)('our table %s is called by its prefixed name', name => {
  expect(db.selectFrom(name).selectAll().compile().sql).toBe(`select * from "abc_${name}"`)
  expect(sql`delete from ${sql.table(name)}`.compile(db).sql).toBe(`delete from "abc_${name}"`)
})

test('a column is found under its table’s prefixed name, also in a join', () => {
  const query = db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select('users.appid')
  expect(query.compile().sql).toBe(
    'select "abc_users"."appid" from "abc_sessions" inner join "abc_users" on "abc_users"."id" = "abc_sessions"."user_id"',
  )
})

test('a schema stands before each table of ours, and before none of others', () => {
  const inSchema = db.withoutPlugins().withPlugin(prefixTables('abc_', 'login'))
  expect(inSchema.selectFrom('users').select('users.id').compile().sql).toBe(
    'select "login"."abc_users"."id" from "login"."abc_users"',
  )
  expect(inSchema.selectFrom('theirs').select('id').compile().sql).toBe('select "id" from "theirs"')
})

test('a table that is not ours keeps its name', () => {
  expect(db.selectFrom('theirs').select('id').compile().sql).toBe('select "id" from "theirs"')
})
