import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { given } from '../../../src/store/sql/statement'
import type { Tables } from '../../../src/store/sql/tables'

const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: each => new SqliteIntrospector(each),
  },
})

test('a parameter leaves its place in the text, and its name in the list', () => {
  const { query } = given<{ nickname: string; userId: string }>()(p =>
    db
      .updateTable('users')
      .set({ nickname: p('nickname') })
      .where('id', '=', p('userId')),
  )
  const { sql, parameters } = query.compile()
  expect(sql).toBe('update "users" set "nickname" = ? where "id" = ?')
  expect(parameters).toEqual([{ name: 'nickname' }, { name: 'userId' }])
})

test('a parameter that is used twice is named twice', () => {
  const { query } = given<{ now: number }>()(p =>
    db
      .selectFrom('sessions')
      .select('id')
      .where('created_at', '<=', p('now'))
      .where('expires_at', '>', p('now')),
  )
  expect(query.compile().parameters).toEqual([{ name: 'now' }, { name: 'now' }])
})
