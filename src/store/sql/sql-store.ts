import { LoginError } from '../../errors'
import {
  type CompletedLogin,
  type LoginCode,
  type Session,
  type Store,
  SWEEP_BATCH,
  type User,
  type UserStore,
} from '../store'
import { sqlCodeOf } from './faults'
import type { Tables } from './schema'
import { createSqlSessionKeys } from './session-keys'
import { createSqlShared } from './shared'
import type { StatementName } from './statements'

export type Value = string | number | null
export type Row = Readonly<Record<string, Value>>
export type Params = Readonly<Record<string, Value>>

/** What one statement of a write came to: the rows that it selected, or how many it changed. */
export type Result = number | readonly Row[]

export interface WriteOptions {
  /** False: may be lost in a power cut, though not in a crash of ours. Default true. */
  readonly durable?: boolean
}

/** The few things that the SQL store asks of a database. */
export interface SqlDriver {
  /** Runs one reading statement. */
  read(statement: StatementName, params: Params): Promise<readonly Row[]>
  /**
   * Runs the statements in order, all or nothing, and resolves once every instance sees them, and
   * once they are durable unless that is waived. What one selects, of its first row, is a parameter
   * of those after it, by the column's name.
   */
  write(
    statements: readonly StatementName[],
    params: Params,
    options?: WriteOptions,
  ): Promise<readonly Result[]>
  close(): Promise<void>
}

const COMPLETE_LOGIN: readonly StatementName[] = [
  'upsertUser',
  'findUserId',
  'insertSession',
  'endOldest',
  'settleCode',
]
const SWEEP: readonly StatementName[] = [
  'sweepSessions',
  'sweepCodes',
  'sweepCallCounts',
  'sweepShared',
]

/** The store contract on any SQL database: a transaction is a list of statements, decided beforehand. */
export function createSqlStore(unguarded: SqlDriver, sweepBatch = SWEEP_BATCH): Store & UserStore {
  const driver = guardedDriver(unguarded)
  const { read: all, write } = driver
  const one = async (statement: StatementName, params: Params) => (await all(statement, params))[0]

  /** Takes over a unionid that was not known, or another one: seldom more than once for a user. */
  async function link(userId: string, { unionid }: CompletedLogin, known: unknown): Promise<void> {
    if (unionid !== null && unionid !== known) await write(['linkUser'], { userId, unionid })
  }

  let pinging: Promise<void> | undefined
  /** A write that changes something: a database that is full or can only be read takes no login. */
  async function ping(): Promise<void> {
    await write(['countCall'], { key: 'ping', now: -1, endsAt: 0 }, { durable: false })
  }

  return {
    ...createSqlShared(driver),
    ...createSqlSessionKeys(driver),

    async claimCode(claim) {
      for (;;) {
        // After a power cut WeChat itself refuses a code that was spent: no need to wait for the disk.
        const [claimed] = await write(['claimCode'], { ...claim }, { durable: false })
        if (claimed === 1) return undefined
        const known = toCode(await one('findCode', { codeHash: claim.codeHash }))
        // Gone in between, freed or forgotten: ours to take.
        if (known) return known
      }
    },

    async findCode(codeHash) {
      return toCode(await one('findCode', { codeHash }))
    },

    async releaseCode(codeHash, owner) {
      await write(['releaseCode'], { codeHash, owner })
    },

    async failCode(codeHash, failure) {
      await write(['failCode'], { ...failure, codeHash })
    },

    async completeLogin(login) {
      const user = firstRow((await write(COMPLETE_LOGIN, { ...login }))[1])
      const userId = String(user?.userId)
      await link(userId, login, user?.knownUnionid)
      return { userId, isNewUser: userId === login.newUserId }
    },

    async saveUser(login) {
      const results = await write(['upsertUser', 'findSavedUser'], { ...login })
      const user = firstRow(results[1]) as unknown as Tables['users']
      await link(user.id, login, user.unionid)
      return {
        userId: user.id,
        isNewUser: user.id === login.newUserId,
        unionid: login.unionid ?? user.unionid,
        newestKeyHash: user.key_hash,
        newestKeyAt: Number(user.key_at),
      }
    },

    async findSession({ id, userId }) {
      return toSession(await one('findSession', { sessionId: id, userId }))
    },

    async findSealedKeys(userId, now) {
      const rows = await all('findSealedKeys', { userId, now })
      return rows.map(({ id, sealed }) => ({ id: String(id), sealed: String(sealed) }))
    },

    async endSession({ id, userId }) {
      await write(['endSession'], { sessionId: id, userId })
    },

    async endSessionsOfUser(userId) {
      await write(['endSessionsOfUser'], { userId })
    },

    async findUser(userId) {
      const row = await one('findUser', { userId })
      return row && toUser(row)
    },

    async findUserByOpenid(appid, openid) {
      const row = await one('findUserByOpenid', { appid, openid })
      return row && toUser(row)
    },

    async findUsersByUnionid(unionid) {
      return (await all('findUsersByUnionid', { unionid })).map(toUser)
    },

    async findUsersByPhone(phoneNumber) {
      return (await all('findUsersByPhone', { phoneNumber })).map(toUser)
    },

    async updateProfile(userId, change) {
      const statements: StatementName[] = []
      if (change.nickname !== undefined) statements.push('updateNickname')
      if (change.avatarUrl !== undefined) statements.push('updateAvatar')
      if (change.phoneNumber !== undefined) statements.push('updatePhone')
      const { nickname = null, avatarUrl = null, phoneNumber = null } = change
      const params = { userId, nickname, avatarUrl, phoneNumber }
      if (statements.length > 0) await write(statements, params)
    },

    async countCall(key, windowMs, now) {
      const params = { key, now, endsAt: now + windowMs }
      const row = firstRow((await write(['countCall', 'findCallCount'], params))[1])
      return { count: Number(row?.count), endsAt: Number(row?.ends_at) }
    },

    async sweep(now) {
      const removed = await write(SWEEP, { now })
      return removed.some(rows => Number(rows) >= sweepBatch)
    },

    ping() {
      // One at a time: anybody may ask, and it writes.
      pinging ??= ping().finally(() => {
        pinging = undefined
      })
      return pinging
    },

    close: () => driver.close(),
  }
}

function firstRow(result: Result | undefined): UntypedRow {
  return typeof result === 'object' ? result[0] : undefined
}

/** Whatever the database says, callers learn that the store did not do it; the log learns the code. */
async function guarded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof LoginError) throw error
    const { errcode } = error as { errcode?: number }
    const reason = errcode === undefined ? sqlCodeOf(error) : `sqlite_${errcode}`
    throw new LoginError('store_unavailable', { reason })
  }
}

function guardedDriver(driver: SqlDriver): SqlDriver {
  return {
    read: (statement, params) => guarded(driver.read(statement, params)),
    write: (statements, params, options) => guarded(driver.write(statements, params, options)),
    close: () => driver.close(),
  }
}

type UntypedRow = Row | undefined

function toCode(row: UntypedRow): LoginCode | undefined {
  if (!row) return undefined
  const code = row as unknown as Tables['login_codes']
  return {
    status: code.status,
    owner: code.owner,
    idempotencyHash: code.idempotency_hash,
    claimedAt: Number(code.claimed_at),
    settledAt: code.settled_at === null ? null : Number(code.settled_at),
    session:
      code.session_id === null || code.user_id === null
        ? null
        : { id: code.session_id, userId: code.user_id },
    isNewUser: Number(code.is_new_user) === 1,
    error: code.error,
    wxErrcode: code.wx_errcode,
  }
}

function toSession(row: UntypedRow): Session | undefined {
  if (!row) return undefined
  const session = row as unknown as Tables['sessions'] &
    Pick<Tables['users'], 'appid' | 'openid' | 'unionid'> & {
      user_key_hash: string
      user_key_at: number
      user_key_checked_at: number | null
      user_key_valid: number | null
    }
  return {
    id: session.id,
    userId: session.user_id,
    appid: session.appid,
    openid: session.openid,
    unionid: session.unionid,
    sealed: session.sealed,
    keyHash: session.key_hash,
    createdAt: Number(session.created_at),
    expiresAt: Number(session.expires_at),
    userKeyHash: session.user_key_hash,
    userKeyAt: Number(session.user_key_at),
    userKeyCheck:
      session.user_key_checked_at === null
        ? null
        : { at: Number(session.user_key_checked_at), valid: Number(session.user_key_valid) === 1 },
  }
}

function toUser(row: Row): User {
  const user = row as unknown as Tables['users']
  return {
    id: user.id,
    appid: user.appid,
    openid: user.openid,
    unionid: user.unionid,
    nickname: user.nickname,
    avatarUrl: user.avatar_url,
    phoneNumber: user.phone_number,
    createdAt: Number(user.created_at),
    lastLoginAt: Number(user.last_login_at),
  }
}
