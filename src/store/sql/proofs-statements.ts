import { type InsertQueryBuilder, type InsertResult, sql } from 'kysely'
import type { ProvenUser } from '../contract/proofs'
import { given, type Writing } from './statement'
import type { SqlDialect, Tables } from './tables'

type Bond = Pick<ProvenUser, 'id' | 'appid' | 'openid'>

/** There is one data key; a name leaves room for another use of the table. */
const NAME = sql.lit('users')

export function proofsStatements({ db, dialect }: Writing) {
  const users = db.selectFrom('users')
  return {
    readDataKey: given<object>()(() =>
      db.selectFrom('data_keys').select('sealed').where('name', '=', NAME),
    ),
    createDataKey: given<{ sealed: string }>()(p =>
      orIgnore(db.insertInto('data_keys').values({ name: NAME, sealed: p('sealed') }), dialect),
    ),
    replaceDataKey: given<{ from: string; to: string }>()(p =>
      db
        .updateTable('data_keys')
        .set({ sealed: p('to') })
        .where('name', '=', NAME)
        .where('sealed', '=', p('from')),
    ),
    findAnyUser: given<object>()(() => users.select('id').limit(sql.lit(1))),
    findProvenUser: given<object>()(() =>
      users.select('id').where('proof', 'is not', null).limit(sql.lit(1)),
    ),
    proveUser: given<Bond & { proof: string }>()(p =>
      db
        .updateTable('users')
        .set({ proof: p('proof') })
        .where('id', '=', p('id'))
        .where('appid', '=', p('appid'))
        .where('openid', '=', p('openid')),
    ),
    proveUnionid: given<Bond & Pick<ProvenUser, 'unionid' | 'unionidProof'>>()(p =>
      db
        .updateTable('users')
        .set({ unionid_proof: p('unionidProof') })
        .where('id', '=', p('id'))
        .where('appid', '=', p('appid'))
        .where('openid', '=', p('openid'))
        .where('unionid', '=', p('unionid')),
    ),
  }
}

/** Inserts, or leaves the row that is there as it is. */
function orIgnore(
  insert: InsertQueryBuilder<Tables, 'data_keys', InsertResult>,
  dialect: SqlDialect,
) {
  if (dialect === 'mysql') return insert.ignore()
  return insert.onConflict(conflict => conflict.column('name').doNothing())
}
