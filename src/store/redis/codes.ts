import type { Codes, LoginCode } from '../contract/codes'
import type { NewLogin } from '../contract/sessions'
import { hashArgs, lifeOf, type RedisCommands } from './redis-commands'
import type { RedisKeys } from './redis-keys'
import { defineScript, setFields } from './script'

/** The fields of a login code, in the order in which `toLoginCode` reads them. */
const CODE_FIELDS = [
  'status',
  'owner',
  'idempotencyHash',
  'claimedAt',
  'settledAt',
  'sessionRef',
  'userId',
  'isNewUser',
  'error',
  'wxErrcode',
] as const

/** Args: life in ms, then fields and values. Answers the fields of a code that is there, or false. */
const CLAIM_CODE = defineScript(`
if redis.call('EXISTS', KEYS[1]) == 1 then
  return redis.call('HMGET', KEYS[1], '${CODE_FIELDS.join("','")}')
end
${setFields(2)}
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return false`)

/** Arg: owner. */
const RELEASE_CODE = defineScript(`
local code = redis.call('HMGET', KEYS[1], 'owner', 'status')
if code[1] == ARGV[1] and code[2] == 'claimed' then redis.call('DEL', KEYS[1]) end
return false`)

/** Args: owner, the status that the code must have or '' for any, then fields and values. */
const SETTLE_CODE = defineScript(`
local code = redis.call('HMGET', KEYS[1], 'owner', 'status')
if code[1] == ARGV[1] and (ARGV[2] == '' or code[2] == ARGV[2]) then
  ${setFields(3)}
end
return false`)

/** Login codes, each a hash that expires by itself. */
export function createRedisCodes(redis: RedisCommands, redisKeys: RedisKeys): Codes {
  return {
    async claim({ codeHash, owner, idempotencyHash, now, expiresAt }) {
      const fields = hashArgs({ status: 'claimed', owner, idempotencyHash, claimedAt: now })
      const life = lifeOf(expiresAt, now)
      const known = await redis.inTime(() =>
        redis.run(CLAIM_CODE, [redisKeys.ofCode(codeHash)], life, ...fields),
      )
      const code = toLoginCode(known)
      return code?.owner === owner ? undefined : code
    },

    async find(codeHash) {
      const redisKey = redisKeys.ofCode(codeHash)
      const command = ['HMGET', redisKey, ...CODE_FIELDS]
      return toLoginCode(await redis.inTime(() => redis.send(redisKey, command)))
    },

    async release(codeHash, owner) {
      await redis.inTime(() => redis.run(RELEASE_CODE, [redisKeys.ofCode(codeHash)], owner))
    },

    async fail(codeHash, { owner, error, wxErrcode, now }) {
      const fields = hashArgs({ status: 'failed', error, wxErrcode, settledAt: now })
      await redis.inTime(() =>
        redis.run(SETTLE_CODE, [redisKeys.ofCode(codeHash)], owner, 'claimed', ...fields),
      )
    },
  }
}

/** The last step of a login, once its session is stored. */
export type SettleCode = (login: NewLogin, userId: string, isNewUser: boolean) => Promise<void>

export function createSettleCode(redis: RedisCommands, redisKeys: RedisKeys): SettleCode {
  return async ({ codeHash, owner, sessionRef, now }, userId, isNewUser) => {
    const done = { status: 'done', settledAt: now, sessionRef, userId }
    const fields = hashArgs({ ...done, isNewUser: isNewUser ? 1 : 0 })
    await redis.run(SETTLE_CODE, [redisKeys.ofCode(codeHash)], owner, '', ...fields)
  }
}

function toLoginCode(reply: unknown): LoginCode | undefined {
  if (!Array.isArray(reply) || reply[0] === null) return undefined
  const code = Object.fromEntries(CODE_FIELDS.map((name, i) => [name, reply[i] ?? null])) as Record<
    (typeof CODE_FIELDS)[number],
    string | null
  >
  const toNumber = (text: string | null) => (text === null ? null : Number(text))
  return {
    status: code.status as LoginCode['status'],
    owner: String(code.owner),
    idempotencyHash: code.idempotencyHash,
    claimedAt: Number(code.claimedAt),
    settledAt: toNumber(code.settledAt),
    sessionRef: code.sessionRef,
    userId: code.userId,
    isNewUser: code.isNewUser === '1',
    error: code.error,
    wxErrcode: toNumber(code.wxErrcode),
  }
}
