import { sql } from 'kysely'
import { MAX_SESSIONS_PER_USER, type NewLogin } from '../contract/sessions'
import { given, type Writing } from './statement'

export interface StoredRef {
  readonly userId: string
  readonly sessionId: string
}

export interface InsertedSession extends StoredRef, Pick<NewLogin, 'sealed' | 'now' | 'expiresAt'> {
  readonly sessionKeyHash: string
}

/** A session, and what belongs to its user. */
const SESSION_COLUMNS = [
  'sessions.id',
  'sessions.user_id',
  'sessions.sealed',
  'sessions.key_hash',
  'sessions.created_at',
  'sessions.expires_at',
  'sessions.last_used_at',
  'users.appid',
  'users.openid',
  'users.unionid',
  'users.unionid_proof',
  'users.key_hash as newest_key_hash',
  'users.key_at as newest_key_at',
  'users.key_checked_at',
  'users.key_valid',
] as const

export function sessionsStatements(writing: Writing) {
  return {
    ...loginSteps(writing),
    ...sessionLookUps(writing),
    ...sessionChanges(writing),
  }
}

/** What a login does with sessions. */
function loginSteps({ db }: Writing) {
  return {
    /**
     * Who the user of a login is, and which session has to go for this login's. A login adds one
     * session, so one at the most is too many. A look-up of its own would be one more round trip.
     */
    findUserOfLogin: given<Pick<NewLogin, 'appid' | 'openid'>>()(p =>
      db
        .selectFrom('users')
        .select(['id as userId', 'unionid as knownUnionid', 'unionid_proof as knownUnionidProof'])
        .select(
          sql<number>`case when ${sql.ref('disabled_at')} is null then 0 else 1 end`.as(
            'isDisabled',
          ),
        )
        .select(from =>
          from
            .selectFrom('sessions')
            .select('sessions.id')
            .whereRef('sessions.user_id', '=', 'users.id')
            .orderBy('sessions.created_at', 'desc')
            .limit(sql.lit(1))
            .offset(sql.lit(MAX_SESSIONS_PER_USER - 1))
            .as('oldestId'),
        )
        .where('appid', '=', p('appid'))
        .where('openid', '=', p('openid')),
    ),

    endOldest: given<{ userId: string; oldestId: string | null }>()(p =>
      db.deleteFrom('sessions').where('user_id', '=', p('userId')).where('id', '=', p('oldestId')),
    ),

    /** Nothing for a disabled user. The login has locked the user's row, which holds off a disable. */
    insertSession: given<InsertedSession>()(p =>
      db
        .insertInto('sessions')
        .columns(['id', 'user_id', 'sealed', 'key_hash', 'created_at', 'expires_at'])
        .expression(from =>
          from
            .selectFrom('users')
            .select([
              p('sessionId').as('id'),
              'users.id as user_id',
              p('sealed').as('sealed'),
              p('sessionKeyHash').as('key_hash'),
              p('now').as('created_at'),
              p('expiresAt').as('expires_at'),
            ])
            .where('users.id', '=', p('userId'))
            .where('users.disabled_at', 'is', null),
        ),
    ),
  }
}

function sessionLookUps({ db }: Writing) {
  return {
    findSession: given<StoredRef>()(p =>
      db
        .selectFrom('sessions')
        .innerJoin('users', 'users.id', 'sessions.user_id')
        .select(SESSION_COLUMNS)
        .where('sessions.user_id', '=', p('userId'))
        .where('sessions.id', '=', p('sessionId')),
    ),

    listSessions: given<{ userId: string; now: number }>()(p =>
      db
        .selectFrom('sessions')
        .select(['id', 'sealed', 'key_hash', 'created_at', 'expires_at', 'last_used_at'])
        .where('user_id', '=', p('userId'))
        .where('expires_at', '>', p('now'))
        .orderBy('created_at', 'desc')
        .limit(sql.lit(MAX_SESSIONS_PER_USER)),
    ),

    findSessionIds: given<{ userId: string }>()(p =>
      db.selectFrom('sessions').select('id').where('user_id', '=', p('userId')),
    ),
  }
}

function sessionChanges({ db }: Writing) {
  return {
    resealSession: given<StoredRef & { sealed: string; from: string; sessionKeyHash: string }>()(
      p =>
        db
          .updateTable('sessions')
          .set({ sealed: p('sealed'), key_hash: p('sessionKeyHash') })
          .where('user_id', '=', p('userId'))
          .where('id', '=', p('sessionId'))
          .where('key_hash', '=', p('from')),
    ),

    noteUse: given<StoredRef & { now: number }>()(p =>
      db
        .updateTable('sessions')
        .set({ last_used_at: p('now') })
        .where('user_id', '=', p('userId'))
        .where('id', '=', p('sessionId'))
        .where(({ or, eb }) =>
          or([eb('last_used_at', 'is', null), eb('last_used_at', '<', p('now'))]),
        ),
    ),

    endSession: given<StoredRef>()(p =>
      db.deleteFrom('sessions').where('user_id', '=', p('userId')).where('id', '=', p('sessionId')),
    ),

    endSessionsOfUser: given<{ userId: string }>()(p =>
      db.deleteFrom('sessions').where('user_id', '=', p('userId')),
    ),
  }
}
