import { type InsertQueryBuilder, type InsertResult, sql } from 'kysely'
import type { NewLogin } from '../contract/sessions'
import { LISTED_USERS } from '../contract/users'
import { given, type Writing } from './statement'
import type { SqlDialect, Tables } from './tables'

type Identity = Pick<NewLogin, 'appid' | 'openid'>

/** A user as a login brings it. */
export interface UpsertedUser
  extends Identity,
    Pick<NewLogin, 'newUserId' | 'unionid' | 'proof' | 'unionidProof' | 'now'> {
  readonly sessionKeyHash: string
  readonly sessionKeyAt: number
}

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
  'disabled_at',
  'disabled_reason',
  'proof',
  'unionid_proof',
] as const

/** What `upsertUser` inserts. */
const UPSERTED = [
  'id',
  'appid',
  'openid',
  'unionid',
  'key_hash',
  'key_at',
  'created_at',
  'last_login_at',
  'proof',
  'unionid_proof',
] as const

export function usersStatements(writing: Writing) {
  const { db, dialect } = writing
  return {
    ...userLookUps(writing),
    ...profileChanges(writing),
    ...sessionKeyChanges(writing),
    ...operatorsChanges(writing),
    ...trial(writing),

    upsertUser: given<UpsertedUser>()(p =>
      orRefresh(
        db.insertInto('users').values({
          id: p('newUserId'),
          appid: p('appid'),
          openid: p('openid'),
          unionid: p('unionid'),
          key_hash: p('sessionKeyHash'),
          key_at: p('sessionKeyAt'),
          created_at: p('now'),
          last_login_at: p('now'),
          proof: p('proof'),
          unionid_proof: p('unionidProof'),
        }),
        dialect,
      ),
    ),
  }
}

/**
 * `upsertUser` of no user. The rows that it would insert come from a select that finds none, which
 * has a name of its own: MySQL would not know which `users` the update means.
 */
function trial({ db, dialect }: Writing) {
  return {
    tryUpsertUser: given<Record<never, never>>()(() =>
      orRefresh(
        db
          .insertInto('users')
          .columns(UPSERTED)
          .expression(from =>
            from
              .selectFrom('users as nobody')
              .select(UPSERTED.map(column => `nobody.${column}` as const))
              .where(sql.lit(1), '=', sql.lit(0)),
          ),
        dialect,
      ),
    ),
  }
}

function userLookUps({ db }: Writing) {
  const users = db.selectFrom('users').select(USER_COLUMNS)
  const oldestFirst = users.orderBy('created_at').orderBy('id')
  return {
    findUser: given<{ userId: string }>()(p => users.where('id', '=', p('userId'))),
    findUserByOpenid: given<Identity>()(p =>
      users.where('appid', '=', p('appid')).where('openid', '=', p('openid')),
    ),
    findUsersByUnionid: given<{ unionid: string }>()(p =>
      oldestFirst.where('unionid', '=', p('unionid')),
    ),
    findUsersByPhone: given<{ phoneNumber: string }>()(p =>
      oldestFirst.where('phone_number', '=', p('phoneNumber')),
    ),
    listUsers: given<{ after: string }>()(p =>
      users.where('id', '>', p('after')).orderBy('id').limit(sql.lit(LISTED_USERS)),
    ),
    findSavedUser: given<Identity>()(p =>
      db
        .selectFrom('users')
        .select(['id', 'unionid', 'unionid_proof', 'key_hash', 'key_at', 'disabled_at'])
        .where('appid', '=', p('appid'))
        .where('openid', '=', p('openid')),
    ),
  }
}

/** A statement for each field: a field that is not named in a change is not written. */
function profileChanges({ db }: Writing) {
  const users = db.updateTable('users')
  return {
    linkUser: given<{ userId: string; unionid: string; unionidProof: string | null }>()(p =>
      users
        .set({ unionid: p('unionid'), unionid_proof: p('unionidProof') })
        .where('id', '=', p('userId')),
    ),
    updateNickname: given<{ userId: string; nickname: string | null }>()(p =>
      users.set({ nickname: p('nickname') }).where('id', '=', p('userId')),
    ),
    updateAvatar: given<{ userId: string; avatarUrl: string | null }>()(p =>
      users.set({ avatar_url: p('avatarUrl') }).where('id', '=', p('userId')),
    ),
    updatePhone: given<{ userId: string; phoneNumber: string | null }>()(p =>
      users.set({ phone_number: p('phoneNumber') }).where('id', '=', p('userId')),
    ),
  }
}

function sessionKeyChanges({ db }: Writing) {
  const users = db.updateTable('users')
  return {
    noteKeyCheck: given<{ userId: string; sessionKeyHash: string; at: number; valid: number }>()(
      p =>
        users
          .set({ key_checked_at: p('at'), key_valid: p('valid') })
          .where('id', '=', p('userId'))
          .where('key_hash', '=', p('sessionKeyHash'))
          .where(({ or, eb }) =>
            or([eb('key_checked_at', 'is', null), eb('key_checked_at', '<=', p('at'))]),
          ),
    ),
    replaceNewestKey: given<{ userId: string; from: string; to: string; now: number }>()(p =>
      users
        .set({
          key_hash: p('to'),
          key_at: p('now'),
          key_checked_at: sql.lit(null),
          key_valid: sql.lit(null),
        })
        .where('id', '=', p('userId'))
        .where('key_hash', '=', p('from')),
    ),
  }
}

/** Each locks the user's row, so that a login of the user at the same time comes before or after. */
function operatorsChanges({ db }: Writing) {
  const users = db.updateTable('users')
  return {
    disableUser: given<{ userId: string; reason: string | null; now: number }>()(p =>
      users
        .set({ disabled_at: p('now'), disabled_reason: p('reason') })
        .where('id', '=', p('userId')),
    ),
    enableUser: given<{ userId: string }>()(p =>
      users
        .set({ disabled_at: sql.lit(null), disabled_reason: sql.lit(null) })
        .where('id', '=', p('userId')),
    ),
    deleteUser: given<{ userId: string }>()(p =>
      db.deleteFrom('users').where('id', '=', p('userId')),
    ),
  }
}

/**
 * Inserts a user, or notes the login on the one that is there; an older session_key changes nothing.
 * The unionid is not touched: SQLite rewrites the index of a column that it is told to set, also
 * where the value stays.
 */
function orRefresh(insert: InsertQueryBuilder<Tables, 'users', InsertResult>, dialect: SqlDialect) {
  const incoming = (column: string) =>
    dialect === 'mysql' ? sql`values(${sql.ref(column)})` : sql.ref(`excluded.${column}`)
  const present = (column: keyof Tables['users']) => sql.ref(`users.${column}`)
  const isNewer = sql`${incoming('key_at')} >= ${present('key_at')}`
  // In this order: MySQL assigns from left to right, and all is decided by the old `key_at`.
  const changes = {
    key_hash: sql<string>`case when ${isNewer} then ${incoming('key_hash')} else ${present('key_hash')} end`,
    key_checked_at: sql<null>`case when ${isNewer} then null else ${present('key_checked_at')} end`,
    key_valid: sql<null>`case when ${isNewer} then null else ${present('key_valid')} end`,
    key_at: sql<number>`case when ${isNewer} then ${incoming('key_at')} else ${present('key_at')} end`,
    last_login_at: sql<number>`case when ${present('disabled_at')} is null then ${incoming('last_login_at')} else ${present('last_login_at')} end`,
  }
  if (dialect === 'mysql') return insert.onDuplicateKeyUpdate(changes)
  return insert.onConflict(conflict => conflict.columns(['appid', 'openid']).doUpdateSet(changes))
}
