import { type InsertQueryBuilder, type InsertResult, sql } from 'kysely'
import type { CodeClaim, CodeFailure } from '../contract/codes'
import type { NewLogin } from '../contract/sessions'
import { given, type Writing } from './statement'
import type { SqlDialect, Tables } from './tables'

export interface CodeKey {
  readonly codeHash: string
}

/** A settled code names the session that its login began. */
export interface SettledCode
  extends Pick<NewLogin, 'codeHash' | 'owner' | 'sessionRef' | 'newUserId'> {
  readonly userId: string
  /** 1 where there is no session, because the user is disabled. */
  readonly isDisabled: number
  readonly now: number
}

// By name, not `*`: when a newer version adds a column, PostgreSQL refuses the statements that
// running instances have prepared on one.
const CODE_COLUMNS = [
  'status',
  'owner',
  'idempotency_hash',
  'claimed_at',
  'settled_at',
  'session_ref',
  'user_id',
  'is_new_user',
  'error',
  'wx_errcode',
] as const

const CLAIMED = sql.lit<'claimed'>('claimed')

export function codesStatements(writing: Writing) {
  const { db, dialect } = writing
  return {
    ...settlements(writing),
    ...codesOfPeople(writing),

    claimCode: given<CodeClaim>()(p =>
      orIgnore(
        db.insertInto('login_codes').values({
          hash: p('codeHash'),
          status: CLAIMED,
          owner: p('owner'),
          idempotency_hash: p('idempotencyHash'),
          claimed_at: p('now'),
          is_new_user: sql.lit(0),
          expires_at: p('expiresAt'),
        }),
        dialect,
      ),
    ),

    findCode: given<CodeKey>()(p =>
      db.selectFrom('login_codes').select(CODE_COLUMNS).where('hash', '=', p('codeHash')),
    ),

    releaseCode: given<CodeKey & Pick<CodeClaim, 'owner'>>()(p =>
      db
        .deleteFrom('login_codes')
        .where('hash', '=', p('codeHash'))
        .where('owner', '=', p('owner'))
        .where('status', '=', CLAIMED),
    ),
  }
}

/** For whoever erases a user. */
function codesOfPeople({ db }: Writing) {
  return {
    findCodesOfUser: given<{ userId: string }>()(p =>
      db.selectFrom('login_codes').select('hash').where('user_id', '=', p('userId')),
    ),

    forgetCode: given<CodeKey>()(p =>
      db.deleteFrom('login_codes').where('hash', '=', p('codeHash')),
    ),
  }
}

/** How the exchange of a code ended. Only its owner says so, and only once. */
function settlements({ db }: Writing) {
  return {
    failCode: given<CodeKey & CodeFailure>()(p =>
      db
        .updateTable('login_codes')
        .set({
          status: sql.lit('failed'),
          error: p('error'),
          wx_errcode: p('wxErrcode'),
          settled_at: p('now'),
        })
        .where('hash', '=', p('codeHash'))
        .where('owner', '=', p('owner'))
        .where('status', '=', CLAIMED),
    ),

    settleCode: given<SettledCode>()(p =>
      db
        .updateTable('login_codes')
        .set({
          status: sql.lit('done'),
          settled_at: p('now'),
          session_ref: p('sessionRef'),
          user_id: p('userId'),
          is_new_user: sql<number>`case when ${p('userId')} = ${p('newUserId')} then 1 else 0 end`,
        })
        .where('hash', '=', p('codeHash'))
        .where('owner', '=', p('owner'))
        .where('status', '=', CLAIMED)
        .where(p('isDisabled'), '=', sql.lit(0)),
    ),
  }
}

/** Inserts, or leaves the row that is there as it is. */
function orIgnore(
  insert: InsertQueryBuilder<Tables, 'login_codes', InsertResult>,
  dialect: SqlDialect,
) {
  if (dialect === 'mysql') return insert.ignore()
  return insert.onConflict(conflict => conflict.column('hash').doNothing())
}
