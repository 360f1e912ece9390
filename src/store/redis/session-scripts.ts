import { defineScript, type Script, setFields } from './script'

/**
 * Redis keys: the session, the user's session ids, the user's newest session_key, the digests of
 * the user's codes, then sessions that may have to end. Args: session id, life in ms, time of the
 * login, most sessions, digest of the newest session_key or '', when that was brought, unionid or '',
 * its proof or '', digest of the code, how long codes are kept in ms, then fields and values of the
 * session, then the ids of the sessions that may have to end.
 *
 * Answers {1, ids of the sessions that it ended}. Answers {0, all ids} and does nothing where a
 * session has to end that the caller did not name: a script must name the Redis keys that it
 * touches, and nine logins of ten end none.
 *
 * The first read fails on what version 0.1 wrote, before anything is written.
 */
export const addSessionNaming = scriptFor(
  named => `
local id, life, now, most = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local keyHash, broughtAt, unionid, unionidProof = ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local code, codeLife = ARGV[9], ARGV[10]
local lastField = #ARGV - ${named}
local known = redis.call('HMGET', KEYS[3], 'sessionKeyHash', 'broughtAt')
local knownHash, knownAt = known[1], known[2]

local present = redis.call('ZRANGE', KEYS[2], 0, -1)
local over = #present + 1 - tonumber(most)
local expired, ended, isEnded = {}, {}, {}
if over > 0 then
  local isNamed, isExpired = {}, {}
  for i = lastField + 1, #ARGV do isNamed[ARGV[i]] = true end
  ${forEachNamed(named, 4, (key, nth) => `if redis.call('EXISTS', ${key}) == 0 then isExpired[ARGV[lastField + ${nth}]] = true end`)}
  for _, each in ipairs(present) do
    if isExpired[each] then
      expired[#expired + 1] = each
      over = over - 1
    end
  end
  for _, each in ipairs(present) do
    if over > 0 and not isExpired[each] then
      if not isNamed[each] then return { 0, present } end
      ended[#ended + 1] = each
      isEnded[each] = true
      over = over - 1
    end
  end
end

${setFields(11, 'lastField')}
redis.call('PEXPIRE', KEYS[1], life)
${forEachNamed(named, 4, (key, nth) => `if isEnded[ARGV[lastField + ${nth}]] then redis.call('DEL', ${key}) end`)}
for _, each in ipairs(expired) do redis.call('ZREM', KEYS[2], each) end
for _, each in ipairs(ended) do redis.call('ZREM', KEYS[2], each) end
redis.call('ZADD', KEYS[2], now, id)
${keep('KEYS[2]')}
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', tonumber(now) - tonumber(codeLife))
redis.call('ZADD', KEYS[4], now, code)
redis.call('PEXPIRE', KEYS[4], codeLife)

local isNewer = not knownAt or tonumber(knownAt) <= tonumber(broughtAt)
local isOther = knownAt ~= broughtAt or (knownHash or '') ~= keyHash
if isNewer and isOther then
  redis.call('HDEL', KEYS[3], 'checkedAt', 'isValid')
  redis.call('HSET', KEYS[3], 'broughtAt', broughtAt)
  if keyHash ~= '' then redis.call('HSET', KEYS[3], 'sessionKeyHash', keyHash) end
end
if isNewer and unionid ~= '' then
  redis.call('HSET', KEYS[3], 'unionid', unionid, 'unionidProof', unionidProof)
end
${keep('KEYS[3]')}
return { 1, ended }`,
)

/** Args: digest of the session_key that it must hold or '', the one that it gets or '', sealed. */
export const RESEAL_SESSION = defineScript(`
local session = redis.call('HMGET', KEYS[1], 'appid', 'sessionKeyHash')
if not session[1] or (session[2] or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'sealed', ARGV[3])
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[1], 'sessionKeyHash')
else
  redis.call('HSET', KEYS[1], 'sessionKeyHash', ARGV[2])
end
return 1`)

/** Arg: when the session was used. */
export const NOTE_USE = defineScript(`
local session = redis.call('HMGET', KEYS[1], 'appid', 'usedAt')
if not session[1] or (session[2] and tonumber(session[2]) >= tonumber(ARGV[1])) then return 0 end
redis.call('HSET', KEYS[1], 'usedAt', ARGV[1])
return 1`)

/** Redis keys: session, session ids. Arg: session id. Answers 1 where there was such a session. */
export const END_SESSION = defineScript(`
local ended = redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return ended`)

/**
 * Redis keys: session ids, then sessions. Args: the ids of these. Answers the ids that it ended.
 * Answers false and does nothing where the user has a session that the caller did not name.
 */
export const endSessionsNaming = scriptFor(
  named => `
local isNamed, isPresent = {}, {}
for _, id in ipairs(ARGV) do isNamed[id] = true end
local present = redis.call('ZRANGE', KEYS[1], 0, -1)
for _, id in ipairs(present) do
  if not isNamed[id] then return false end
  isPresent[id] = true
end
local ended = {}
${forEachNamed(named, 1, (key, nth) => `if isPresent[ARGV[${nth}]] and redis.call('DEL', ${key}) == 1 then ended[#ended + 1] = ARGV[${nth}] end`)}
redis.call('DEL', KEYS[1])
return ended`,
)

/** The script for a number of named sessions: each has a line of its own, since no key is computed. */
function scriptFor(write: (named: number) => string): (named: number) => Script {
  const written = new Map<number, Script>()
  return named => {
    const script = written.get(named) ?? defineScript(write(named))
    written.set(named, script)
    return script
  }
}

/** A line of Lua for each session that the caller names, whose Redis keys stand behind `first` others. */
function forEachNamed(
  named: number,
  first: number,
  line: (key: string, nth: number) => string,
): string {
  const lines = Array.from({ length: named }, (_, i) => line(`KEYS[${first + i + 1}]`, i + 1))
  return lines.join('\n')
}

/** Lets a key live for at least as long as the session. */
function keep(key: string): string {
  return `if redis.call('PTTL', ${key}) < tonumber(life) then redis.call('PEXPIRE', ${key}, life) end`
}
