import { createHash } from 'node:crypto'
import type { RedisRoute } from './route'

/** A Lua script: all or nothing, and nobody in between. Its first key says where it runs. */
export interface Script {
  readonly text: string
  readonly sha: string
}

const script = (text: string): Script => ({
  text,
  sha: createHash('sha1').update(text).digest('hex'),
})

/** The fields of a login code, in the order in which `toLoginCode` reads them. */
export const CODE_FIELDS = [
  'status',
  'owner',
  'idempotencyHash',
  'claimedAt',
  'settledAt',
  'sessionId',
  'userId',
  'isNewUser',
  'error',
  'wxErrcode',
] as const

/** Key: code. Args: life in ms, then fields and values. Answers what was there, or nothing. */
export const CLAIM_CODE = script(`
if redis.call('EXISTS', KEYS[1]) == 1 then
  return redis.call('HMGET', KEYS[1], '${CODE_FIELDS.join("','")}')
end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return false`)

/** Key: code. Arg: owner. */
export const RELEASE_CODE = script(`
local code = redis.call('HMGET', KEYS[1], 'owner', 'status')
if code[1] == ARGV[1] and code[2] == 'claimed' then redis.call('DEL', KEYS[1]) end
return false`)

/** Key: code. Args: owner, the status it must have or '' for any, then fields and values. */
export const SETTLE_CODE = script(`
local code = redis.call('HMGET', KEYS[1], 'owner', 'status')
if code[1] == ARGV[1] and (ARGV[2] == '' or code[2] == ARGV[2]) then
  redis.call('HSET', KEYS[1], unpack(ARGV, 3))
end
return false`)

/**
 * Keys: session, ring, newest of the user. Args: session id, session, life in ms, when, newest key,
 * its time, most sessions, what session keys begin with, unionid or ''. Answers the ids that it
 * ended. A unionid that is known stays when a login does not name it.
 */
export const ADD_SESSION = script(`
local function keep(key, ms)
  if redis.call('PTTL', key) < tonumber(ms) then redis.call('PEXPIRE', key, ms) end
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
keep(KEYS[2], ARGV[3])
local known = redis.call('GET', KEYS[3])
local head, hash = string.match(known or '', '^([^|]*)|([^|]*)')
local at = head and string.match(head, '^%d+')
if not known or tonumber(at) <= tonumber(ARGV[6]) then
  local life = math.max(redis.call('PTTL', KEYS[3]), tonumber(ARGV[3]))
  local unionid = ARGV[9]
  if unionid == '' and known then unionid = string.match(known, '^[^|]*|[^|]*|(.*)$') or '' end
  if at ~= ARGV[6] or hash ~= ARGV[5] then head = ARGV[6] end
  local newest = head .. '|' .. ARGV[5] .. '|' .. unionid
  redis.call('SET', KEYS[3], newest, 'PX', string.format('%d', life))
else
  keep(KEYS[3], ARGV[3])
end
local ended = {}
local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[7])
if over > 0 then
  local ids = redis.call('ZRANGE', KEYS[2], 0, -1)
  for _, id in ipairs(ids) do
    if redis.call('EXISTS', ARGV[8] .. id) == 0 then
      redis.call('ZREM', KEYS[2], id)
      over = over - 1
    end
  end
  for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
    if over > 0 and id ~= ARGV[1] then
      redis.call('DEL', ARGV[8] .. id)
      redis.call('ZREM', KEYS[2], id)
      ended[#ended + 1] = id
      over = over - 1
    end
  end
end
return ended`)

/** Key: ring. Arg: what session keys begin with. Answers the sessions, newest first. */
export const FIND_SESSIONS = script(`
local sessions = {}
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, -1)) do
  local session = redis.call('GET', ARGV[1] .. id)
  if session then sessions[#sessions + 1] = session end
end
return sessions`)

/** Key: any. Args: what it must hold, what it then gets; its life stays. */
export const SWAP = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
  return 1
end
return 0`)

/** Keys: session, ring. Arg: session id. */
export const END_SESSION = script(`
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return false`)

/** Key: ring. Arg: what session keys begin with. Answers the ids that it ended. */
export const END_SESSIONS = script(`
local ids = redis.call('ZRANGE', KEYS[1], 0, -1)
for _, id in ipairs(ids) do redis.call('DEL', ARGV[1] .. id) end
redis.call('DEL', KEYS[1])
return ids`)

/**
 * Key: counter. Args: now, window in ms. The caller's clock says when a window ends; Redis forgets
 * it after as long by its own, so a clock that is set back stretches no window.
 */
export const COUNT_CALL = script(`
local ends = redis.call('HGET', KEYS[1], 'ends')
if ends and tonumber(ends) > tonumber(ARGV[1]) then
  return { redis.call('HINCRBY', KEYS[1], 'count', 1), ends }
end
ends = string.format('%d', tonumber(ARGV[1]) + tonumber(ARGV[2]))
redis.call('HSET', KEYS[1], 'count', 1, 'ends', ends)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return { 1, ends }`)

/** Key: newest of the user. Args: the key's hash, when WeChat was asked, 1 if it is valid or 0. */
export const NOTE_KEY_CHECK = script(`
local known = redis.call('GET', KEYS[1])
local at, checked, hash, rest = string.match(known or '', '^(%d+),?(%d*)[^|]*|([^|]*)(.*)$')
if hash ~= ARGV[1] then return 0 end
if checked ~= '' and tonumber(checked) > tonumber(ARGV[2]) then return 0 end
local head = at .. ',' .. ARGV[2] .. ',' .. ARGV[3]
redis.call('SET', KEYS[1], head .. '|' .. hash .. rest, 'KEEPTTL')
return 1`)

/** Key: newest of the user. Args: the key's hash that it must have, the one that it gets, when. */
export const REPLACE_NEWEST_KEY = script(`
local known = redis.call('GET', KEYS[1])
local hash, rest = string.match(known or '', '^[^|]*|([^|]*)(.*)$')
if hash ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[3] .. '|' .. ARGV[2] .. rest, 'KEEPTTL')
return 1`)

/** Key: shared value. Args: now, the value behind its end, life in ms. Answers 1 where it was free. */
export const CLAIM_SHARED = script(`
local known = redis.call('GET', KEYS[1])
if known and tonumber(string.match(known, '^%d+')) > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`)

/** Key: shared value. Arg: the value that it must have. */
export const DROP_SHARED = script(`
local known = redis.call('GET', KEYS[1])
if not known or string.match(known, '|(.*)$') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1`)

/** Runs a script by its digest; sends the text itself where Redis does not know it (any more). */
export async function runScript(
  route: Pick<RedisRoute, 'send'>,
  { text, sha }: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  const key = keys[0] ?? ''
  const rest = [String(keys.length), ...keys, ...args.map(String)]
  try {
    return await route.send(key, ['EVALSHA', sha, ...rest])
  } catch (error) {
    if (!/^NOSCRIPT /.test((error as Error).message)) throw error
    return route.send(key, ['EVAL', text, ...rest])
  }
}

/** Milliseconds that a key lives, by the caller's clock; a life of none would be an error. */
export function lifeOf(expiresAt: number, now: number): number {
  return Math.max(1, expiresAt - now)
}
