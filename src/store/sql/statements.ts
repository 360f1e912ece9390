import { type Compilable, type InsertQueryBuilder, type Kysely, sql } from 'kysely'
import { MAX_SESSIONS_PER_USER } from '../store'
import type { SqlDialect, Tables } from './schema'
import { sessionStatements } from './session-statements'
import { sharedStatements } from './shared-statements'
import { parameter as p } from './statement-parameter'
import { sweepStatements } from './sweep-statements'

/** SQL text and the names of its parameters, in order. */
export interface Statement {
  readonly sql: string
  readonly params: readonly string[]
}

export type StatementName = keyof ReturnType<typeof buildStatements>
export type Statements = Readonly<Record<StatementName, Statement>>

// By name, not `*`: when a newer version adds a column, PostgreSQL refuses the statements that
// running instances have prepared on one.
const USER_COLUMNS = [
  'id',
  'appid',
  'openid',
  'unionid',
  'nickname',
  'avatar_url',
  'phone_number',
  'created_at',
  'last_login_at',
] as const
const CODE_COLUMNS = [
  'status',
  'owner',
  'idempotency_hash',
  'claimed_at',
  'settled_at',
  'session_id',
  'user_id',
  'is_new_user',
  'error',
  'wx_errcode',
] as const

/**
 * Every statement of the service, written once by Kysely in the database's own dialect and run as
 * a prepared statement from then on: building it anew costs more than running it.
 */
export function compileStatements(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  sweepBatch: number,
): Statements {
  const statements = Object.entries(buildStatements(db, dialect, sweepBatch)).map(
    ([name, query]) => {
      const { sql, parameters } = query.compile()
      return [name, { sql, params: parameters.map(value => (value as { name: string }).name) }]
    },
  )
  return Object.fromEntries(statements) as Statements
}

function buildStatements(db: Kysely<Tables>, dialect: SqlDialect, sweepBatch: number) {
  const identity = { appid: p('appid'), openid: p('openid') }
  const users = db.selectFrom('users').select(USER_COLUMNS)
  const oldestFirst = users.orderBy('created_at').orderBy('id')
  const changeUser = (change: { readonly [column in keyof Tables['users']]?: never }) =>
    db.updateTable('users').set(change).where('id', '=', p('userId'))
  return {
    ...sharedStatements(db, dialect),
    ...sweepStatements(db, dialect, sweepBatch),
    ...sessionStatements(db),

    claimCode: orIgnore(
      db.insertInto('login_codes').values({
        hash: p('codeHash'),
        status: sql.lit('claimed'),
        owner: p('owner'),
        idempotency_hash: p('idempotencyHash'),
        claimed_at: p('now'),
        is_new_user: sql.lit(0),
        expires_at: p('expiresAt'),
      }),
      dialect,
    ),

    findCode: db.selectFrom('login_codes').select(CODE_COLUMNS).where('hash', '=', p('codeHash')),

    releaseCode: db
      .deleteFrom('login_codes')
      .where('hash', '=', p('codeHash'))
      .where('owner', '=', p('owner'))
      .where('status', '=', sql.lit('claimed')),

    failCode: db
      .updateTable('login_codes')
      .set({
        status: sql.lit('failed'),
        error: p('error'),
        wx_errcode: p('wxErrcode'),
        settled_at: p('now'),
      })
      .where('hash', '=', p('codeHash'))
      .where('owner', '=', p('owner'))
      .where('status', '=', sql.lit('claimed')),

    upsertUser: orRefresh(
      db.insertInto('users').values({
        ...identity,
        id: p('newUserId'),
        unionid: p('unionid'),
        key_hash: p('keyHash'),
        key_at: p('now'),
        created_at: p('now'),
        last_login_at: p('now'),
      }),
      dialect,
    ),

    findUserId: db
      .selectFrom('users')
      .select(['id as userId', 'unionid as knownUnionid'])
      .where('appid', '=', identity.appid)
      .where('openid', '=', identity.openid),

    insertSession: db.insertInto('sessions').values({
      id: p('sessionId'),
      user_id: p('userId'),
      sealed: p('sealed'),
      key_hash: p('keyHash'),
      created_at: p('now'),
      expires_at: p('expiresAt'),
    }),

    endOldest: db
      .deleteFrom('sessions')
      .where('user_id', '=', p('userId'))
      .where(
        'id',
        'in',
        // A derived table, because MySQL takes no LIMIT in a plain IN.
        db
          .selectFrom(
            db
              .selectFrom('sessions')
              .select('id')
              .where('user_id', '=', p('userId'))
              .where('id', '!=', p('sessionId'))
              .orderBy('created_at', 'desc')
              .limit(sql.lit(100))
              .offset(sql.lit(MAX_SESSIONS_PER_USER - 1))
              .as('oldest'),
          )
          .select('oldest.id'),
      ),

    settleCode: db
      .updateTable('login_codes')
      .set({
        status: sql.lit('done'),
        settled_at: p('now'),
        session_id: p('sessionId'),
        user_id: p('userId'),
        is_new_user: sql<number>`case when ${p('userId')} = ${p('newUserId')} then 1 else 0 end`,
      })
      .where('hash', '=', p('codeHash'))
      .where('owner', '=', p('owner'))
      .where('status', '=', sql.lit('claimed')),

    findSavedUser: db
      .selectFrom('users')
      .select(['id', 'unionid', 'key_hash', 'key_at'])
      .where('appid', '=', identity.appid)
      .where('openid', '=', identity.openid),

    endSession: db
      .deleteFrom('sessions')
      .where('id', '=', p('sessionId'))
      .where('user_id', '=', p('userId')),

    endSessionsOfUser: db.deleteFrom('sessions').where('user_id', '=', p('userId')),

    findUser: users.where('id', '=', p('userId')),
    findUserByOpenid: users
      .where('appid', '=', identity.appid)
      .where('openid', '=', identity.openid),
    findUsersByUnionid: oldestFirst.where('unionid', '=', p('unionid')),
    findUsersByPhone: oldestFirst.where('phone_number', '=', p('phoneNumber')),

    linkUser: changeUser({ unionid: p('unionid') }),
    updateNickname: changeUser({ nickname: p('nickname') }),
    updateAvatar: changeUser({ avatar_url: p('avatarUrl') }),
    updatePhone: changeUser({ phone_number: p('phoneNumber') }),

    countCall: orCount(
      db
        .insertInto('call_counts')
        .values({ key: p('key'), count: sql.lit(1), ends_at: p('endsAt') }),
      dialect,
    ),

    findCallCount: db
      .selectFrom('call_counts')
      .select(['count', 'ends_at'])
      .where('key', '=', p('key')),
  } satisfies Record<string, Compilable>
}

type Insert<Table extends keyof Tables> = InsertQueryBuilder<Tables, Table, unknown>

/** Inserts, or leaves the row that is there as it is. */
function orIgnore(insert: Insert<'login_codes'>, dialect: SqlDialect) {
  if (dialect === 'mysql') return insert.ignore()
  return insert.onConflict(conflict => conflict.column('hash').doNothing())
}

/** Begins a window with one call, or counts one more in the window that still runs. */
function orCount(insert: Insert<'call_counts'>, dialect: SqlDialect) {
  const now = sql`${p('now')}`
  // In this order: MySQL assigns from left to right, and the count is decided by the old end.
  const changes = {
    count: sql<number>`case when call_counts.ends_at <= ${now} then 1 else call_counts.count + 1 end`,
    ends_at: sql<number>`case when call_counts.ends_at <= ${now} then ${p('endsAt')} else call_counts.ends_at end`,
  }
  if (dialect === 'mysql') return insert.onDuplicateKeyUpdate(changes)
  return insert.onConflict(conflict => conflict.column('key').doUpdateSet(changes))
}

/**
 * Inserts a user, or notes the login on the one that is there; an older session_key changes nothing.
 * The unionid is not touched: SQLite rewrites the index of a column that it is told to set, also
 * where the value stays.
 */
function orRefresh(insert: Insert<'users'>, dialect: SqlDialect) {
  const incoming = (column: string) =>
    dialect === 'mysql' ? sql`values(${sql.ref(column)})` : sql.ref(`excluded.${column}`)
  const newest = (column: 'key_hash' | 'key_at') =>
    sql<never>`case when ${incoming('key_at')} >= users.key_at then ${incoming(column)} else users.${sql.ref(column)} end`
  const unlessNewer = (column: 'key_checked_at' | 'key_valid') =>
    sql<never>`case when ${incoming('key_at')} >= users.key_at then null else users.${sql.ref(column)} end`
  // In this order: MySQL assigns from left to right, and all is decided by the old time.
  const changes = {
    key_hash: newest('key_hash'),
    key_checked_at: unlessNewer('key_checked_at'),
    key_valid: unlessNewer('key_valid'),
    key_at: newest('key_at'),
    last_login_at: sql<number>`${incoming('last_login_at')}`,
  }
  if (dialect === 'mysql') return insert.onDuplicateKeyUpdate(changes)
  return insert.onConflict(conflict => conflict.columns(['appid', 'openid']).doUpdateSet(changes))
}
