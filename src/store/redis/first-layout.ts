import { type NewestKey, newestKeyArgs } from './newest-record'
import type { RedisCommands } from './redis-commands'
import type { RedisKeys } from './redis-keys'
import { defineScript, setFields } from './script'
import { type SessionRecord, sessionArgs } from './session-record'

/** More than two conversions in a row: something else writes strings there. */
const MOST_CONVERSIONS = 2

/** Args: the string that it must hold, then fields and values. The life of the key stays. */
const CONVERT = defineScript(`
if redis.call('TYPE', KEYS[1]).ok ~= 'string' then return 0 end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local life = redis.call('PTTL', KEYS[1])
redis.call('DEL', KEYS[1])
${setFields(2)}
if life > 0 then redis.call('PEXPIRE', KEYS[1], life) end
return 1`)

/**
 * Version 0.1 kept a session and a user's newest session_key as strings, under the Redis keys that
 * hold hashes now. A command for a hash that meets such a string is refused by Redis (WRONGTYPE),
 * so nothing has to look for strings, and a user without any pays nothing.
 */
export interface FirstLayout {
  /** Runs work on a user's Redis keys; converts what version 0.1 wrote there, and runs it again. */
  convertedFor<T>(userId: string, work: () => Promise<T>): Promise<T>
}

export function createFirstLayout(redis: RedisCommands, redisKeys: RedisKeys): FirstLayout {
  async function convert(redisKey: string, argsOf: (text: string) => (string | number)[]) {
    const text = await redis.send(redisKey, ['GET', redisKey]).catch((error: unknown) => {
      // Another call has just converted it.
      if (isWrongType(error)) return null
      throw error
    })
    if (typeof text === 'string') await redis.run(CONVERT, [redisKey], text, ...argsOf(text))
  }

  /** The newest session_key comes last: while it is a string, every call still converts. */
  async function convertUser(userId: string): Promise<void> {
    const redisKey = redisKeys.ofSessionIds(userId)
    const ids = (await redis.send(redisKey, ['ZRANGE', redisKey, '0', '-1'])) as string[]
    for (const id of ids) await convert(redisKeys.ofSession({ id, userId }), readFirstSession)
    await convert(redisKeys.ofNewestKey(userId), text => newestKeyArgs(readFirstNewestKey(text)))
  }

  return {
    async convertedFor(userId, work) {
      for (let conversions = 0; ; conversions++) {
        try {
          return await work()
        } catch (error) {
          if (!isWrongType(error) || conversions === MOST_CONVERSIONS) throw error
          await convertUser(userId)
        }
      }
    },
  }
}

/** Redis 6 puts the word behind the name of the script. */
function isWrongType(error: unknown): boolean {
  return /\bWRONGTYPE\b/.test((error as Error).message)
}

function readFirstSession(text: string): (string | number)[] {
  const { keyHash, ...session } = JSON.parse(text) as SessionRecord & { keyHash: string }
  return sessionArgs({ ...session, sessionKeyHash: keyHash })
}

const FIRST_NEWEST_KEY = /^(\d+)(?:,(\d+),([01]))?\|([^|]*)(?:\|(.*))?$/s

/**
 * `time|hash|unionid`, and `time,checked,valid|…` once WeChat was asked about the session_key. The
 * unionid may be empty, and may be missing together with its bar.
 */
function readFirstNewestKey(text: string): NewestKey {
  const [, at, checkedAt, valid, hash, unionid] = FIRST_NEWEST_KEY.exec(text) ?? []
  return {
    newestKeyAt: Number(at),
    newestKeyHash: hash || null,
    newestKeyCheck:
      checkedAt === undefined ? null : { at: Number(checkedAt), valid: valid === '1' },
    unionid: unionid || null,
    unionidProof: null,
  }
}
