import type { BegunLogin, ListedSession, NewLogin, Session, Sessions } from '../contract/sessions'
import { rememberSessions } from './remembered-sessions'
import { fromKeyColumn, toKeyColumn } from './session-key-hash'
import type { StatementRunner } from './statement-runner'
import type { RowOf } from './statements'
import { linkUnionid, toUserParams } from './users'

/** Sessions in a table, a user's few together; they end with a row that is gone. */
export function createSqlSessions(runner: StatementRunner): Sessions {
  const { read, write } = runner
  return {
    begin: login => begin(runner, login),
    find: createFind(runner),
    async list(userId, now) {
      return (await read('listSessions', { userId, now })).map(toListedSession)
    },
    async reseal({ id, userId }, { sealed, from, sessionKeyHash = from }) {
      await write(['resealSession'], {
        sessionId: id,
        userId,
        sealed,
        from: toKeyColumn(from),
        sessionKeyHash: toKeyColumn(sessionKeyHash),
      })
    },
    async noteUse({ id, userId }, now) {
      await write(['noteUse'], { sessionId: id, userId, now }, { durable: false })
    },
    async end({ id, userId }) {
      const [ended] = await write(['endSession'], { sessionId: id, userId })
      return ended === 1
    },
    async endAll(userId) {
      const [ended] = await write(['findSessionIds', 'endSessionsOfUser'], { userId })
      return ended.map(({ id }) => id)
    },
  }
}

function createFind({ read, near }: StatementRunner): Sessions['find'] {
  if (near) {
    return rememberSessions(({ id, userId }) => {
      const [row] = near.read('findSession', { sessionId: id, userId })
      return row && toSession(row)
    }, near)
  }
  return async ({ id, userId }) => {
    const [row] = await read('findSession', { sessionId: id, userId })
    return row && toSession(row)
  }
}

async function begin(runner: StatementRunner, login: NewLogin): Promise<BegunLogin> {
  const [, users, ended] = await runner.write(
    ['upsertUser', 'findUserOfLogin', 'endOldest', 'insertSession', 'settleCode'],
    toLoginParams(login),
  )
  const { oldestId, isDisabled, ...known } = users[0] as RowOf<'findUserOfLogin'>
  const { userId } = known
  const isNewUser = userId === login.newUserId
  if (isDisabled === 1) return { userId, isNewUser, evicted: [], isDisabled: true }
  await linkUnionid(runner, known, login)
  // Another instance may have ended it in between, and then tells of it.
  const evicted = oldestId !== null && ended === 1 ? [oldestId] : []
  return { userId, isNewUser, evicted, isDisabled: false }
}

/** All that the statements of a login take, in one object: a login is the dearest write. */
function toLoginParams(login: NewLogin) {
  const { codeHash, owner, sessionId, sessionRef, sealed, expiresAt } = login
  return { codeHash, owner, sessionId, sessionRef, sealed, expiresAt, ...toUserParams(login) }
}

function toListedSession(row: RowOf<'listSessions'>): ListedSession {
  return {
    id: row.id,
    sealed: row.sealed,
    sessionKeyHash: fromKeyColumn(row.key_hash),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at ?? row.created_at,
  }
}

function toSession(row: RowOf<'findSession'>): Session {
  const { key_checked_at: checkedAt } = row
  return {
    id: row.id,
    userId: row.user_id,
    appid: row.appid,
    openid: row.openid,
    unionid: row.unionid,
    unionidProof: row.unionid_proof,
    sealed: row.sealed,
    sessionKeyHash: fromKeyColumn(row.key_hash),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at ?? row.created_at,
    newestKeyHash: fromKeyColumn(row.newest_key_hash),
    newestKeyAt: row.newest_key_at,
    newestKeyCheck: checkedAt === null ? null : { at: checkedAt, valid: row.key_valid === 1 },
  }
}
