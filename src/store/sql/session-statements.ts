import { type Kysely, sql } from 'kysely'
import { MAX_SESSIONS_PER_USER } from '../store'
import type { Tables } from './schema'
import { parameter as p } from './statement-parameter'

/** A session as it is found, and what happens to its session_key after the login that brought it. */
export function sessionStatements(db: Kysely<Tables>) {
  return {
    findSession: db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .select([
        'sessions.id',
        'sessions.user_id',
        'sessions.sealed',
        'sessions.key_hash',
        'sessions.created_at',
        'sessions.expires_at',
        'users.appid',
        'users.openid',
        'users.unionid',
        'users.key_hash as user_key_hash',
        'users.key_at as user_key_at',
        'users.key_checked_at as user_key_checked_at',
        'users.key_valid as user_key_valid',
      ])
      .where('sessions.user_id', '=', p('userId'))
      .where('sessions.id', '=', p('sessionId')),

    findSealedKeys: db
      .selectFrom('sessions')
      .select(['id', 'sealed'])
      .where('user_id', '=', p('userId'))
      .where('expires_at', '>', p('now'))
      .orderBy('created_at', 'desc')
      .limit(sql.lit(MAX_SESSIONS_PER_USER)),

    resealSession: db
      .updateTable('sessions')
      .set({ sealed: p('sealed'), key_hash: p('keyHash') })
      .where('user_id', '=', p('userId'))
      .where('id', '=', p('sessionId'))
      .where('key_hash', '=', p('from')),

    noteKeyCheck: db
      .updateTable('users')
      .set({ key_checked_at: p('at'), key_valid: p('valid') })
      .where('id', '=', p('userId'))
      .where('key_hash', '=', p('keyHash'))
      .where(({ or, eb }) =>
        or([eb('key_checked_at', 'is', null), eb('key_checked_at', '<=', p('at'))]),
      ),

    replaceNewestKey: db
      .updateTable('users')
      .set({
        key_hash: p('to'),
        key_at: p('now'),
        key_checked_at: sql.lit(null),
        key_valid: sql.lit(null),
      })
      .where('id', '=', p('userId'))
      .where('key_hash', '=', p('from')),
  }
}
