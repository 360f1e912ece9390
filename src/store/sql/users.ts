import type { NewLogin } from '../contract/sessions'
import type { SavedUser, UserStore } from '../contract/user-store'
import type { ProfileChange, User, Users } from '../contract/users'
import { createSqlEndings } from './endings'
import { fromKeyColumn, toKeyColumn } from './session-key-hash'
import type { StatementRunner } from './statement-runner'
import type { RowOf } from './statements'
import type { UpsertedUser } from './users-statements'

/** Users in a table, with what is known of their newest session_key. */
export function createSqlUsers({ read, write }: StatementRunner): Users {
  return {
    async find(userId) {
      const [row] = await read('findUser', { userId })
      return row && toUser(row)
    },
    async findByOpenid(appid, openid) {
      const [row] = await read('findUserByOpenid', { appid, openid })
      return row && toUser(row)
    },
    async findByUnionid(unionid) {
      return (await read('findUsersByUnionid', { unionid })).map(toUser)
    },
    async findByPhone(phoneNumber) {
      return (await read('findUsersByPhone', { phoneNumber })).map(toUser)
    },
    async list(after) {
      return (await read('listUsers', { after })).map(toUser)
    },
    async update(userId, change) {
      const { nickname = null, avatarUrl = null, phoneNumber = null } = change
      const statements = changesOf(change)
      if (statements.length > 0) {
        await write(statements, { userId, nickname, avatarUrl, phoneNumber })
      }
    },
    async noteKeyCheck(userId, sessionKeyHash, { at, valid }) {
      await write(['noteKeyCheck'], { userId, sessionKeyHash, at, valid: valid ? 1 : 0 })
    },
    async replaceNewestKey(userId, { from, to, now }) {
      await write(['replaceNewestKey'], { userId, from, to, now })
    },
    ...createSqlEndings({ read, write }),
  }
}

/** The user of a login, for a store that keeps sessions elsewhere. */
export function createSaveUser(runner: StatementRunner): UserStore['saveUser'] {
  return async (login): Promise<SavedUser> => {
    const [, users] = await runner.write(['upsertUser', 'findSavedUser'], toUserParams(login))
    const user = users[0] as RowOf<'findSavedUser'>
    const { unionid, unionidProof } = login
    const { id: userId, unionid: knownUnionid, unionid_proof: knownUnionidProof } = user
    if (user.disabled_at === null) {
      await linkUnionid(runner, { userId, knownUnionid, knownUnionidProof }, login)
    }
    return {
      userId,
      isNewUser: userId === login.newUserId,
      unionid: unionid ?? knownUnionid,
      unionidProof: unionid === null ? knownUnionidProof : unionidProof,
      newestKeyHash: fromKeyColumn(user.key_hash),
      newestKeyAt: user.key_at,
      isDisabled: user.disabled_at !== null,
    }
  }
}

/** A login without a session_key brings one at no time, so that any other is newer. */
export function toUserParams(login: NewLogin): UpsertedUser {
  const { newUserId, appid, openid, unionid, proof, unionidProof, now, sessionKeyHash } = login
  return {
    newUserId,
    proof,
    unionidProof,
    appid,
    openid,
    unionid,
    now,
    sessionKeyHash: toKeyColumn(sessionKeyHash),
    sessionKeyAt: sessionKeyHash === null ? 0 : now,
  }
}

interface KnownUnionid {
  readonly userId: string
  readonly knownUnionid: string | null
  readonly knownUnionidProof: string | null
}

/**
 * Takes over a unionid that is new for the user, or whose proof is: seldom more than once in the
 * user's life.
 */
export async function linkUnionid(
  { write }: StatementRunner,
  { userId, knownUnionid, knownUnionidProof }: KnownUnionid,
  { unionid, unionidProof }: Pick<NewLogin, 'unionid' | 'unionidProof'>,
): Promise<void> {
  if (unionid === null) return
  if (unionid === knownUnionid && unionidProof === knownUnionidProof) return
  await write(['linkUser'], { userId, unionid, unionidProof })
}

function changesOf({ nickname, avatarUrl, phoneNumber }: ProfileChange) {
  const statements: ('updateNickname' | 'updateAvatar' | 'updatePhone')[] = []
  if (nickname !== undefined) statements.push('updateNickname')
  if (avatarUrl !== undefined) statements.push('updateAvatar')
  if (phoneNumber !== undefined) statements.push('updatePhone')
  return statements
}

export function toUser(row: RowOf<'findUser'>): User {
  return {
    id: row.id,
    appid: row.appid,
    openid: row.openid,
    unionid: row.unionid,
    nickname: row.nickname,
    avatarUrl: row.avatar_url,
    phoneNumber: row.phone_number,
    createdAt: row.created_at,
    lastLoginAt: row.last_login_at,
    disabledAt: row.disabled_at,
    disabledReason: row.disabled_reason,
    proof: row.proof,
    unionidProof: row.unionid_proof,
  }
}
