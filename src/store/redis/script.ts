import { createHash } from 'node:crypto'
import type { RedisRoute } from './link/redis-route'

/** A Lua script: Redis runs all of it or, where its first reads fail, none, and nobody in between. */
export interface Script {
  readonly text: string
  readonly sha: string
}

/** A call of Redis whose key is one of those that the caller has named, literally. */
const CALL = /redis\.call\('[A-Z]+', KEYS\[\d+\](?=[,)])/g

/**
 * Every key of a call is written `KEYS[1]`, `KEYS[2]`, …: never a variable that holds it, never
 * `KEYS[i]`, and nothing is unpacked. Alibaba Cloud's proxy reads the text of a script and refuses
 * any other: https://developer.aliyun.com/ask/466195 and https://developer.aliyun.com/ask/636094.
 *
 * @throws Error for a script that such a proxy would refuse
 */
export function defineScript(text: string): Script {
  const calls = text.match(/redis\s*\.\s*p?call/g) ?? []
  if (calls.length !== (text.match(CALL) ?? []).length) {
    throw new Error(
      `a script must call redis.call('…', KEYS[<number>]…) and nothing else:\n${text}`,
    )
  }
  if (/\bunpack\b/.test(text)) throw new Error(`a script must not unpack:\n${text}`)
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

/** Lua that sets fields of the first key's hash: name and value in turn, from one argument to another. */
export function setFields(first: number, last = '#ARGV'): string {
  return `for i = ${first}, ${last}, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end`
}

/**
 * Runs a script by its digest, and sends the text itself where Redis does not know it (any more).
 * `redisKeys` are all keys that the script touches, as a cluster and a proxy want to know; the first
 * says where it runs.
 */
export async function runScript(
  route: Pick<RedisRoute, 'send'>,
  { text, sha }: Script,
  redisKeys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  const first = redisKeys[0] ?? ''
  const rest = [String(redisKeys.length), ...redisKeys, ...args.map(String)]
  try {
    return await route.send(first, ['EVALSHA', sha, ...rest])
  } catch (error) {
    if (!/^NOSCRIPT /.test((error as Error).message)) throw error
    return route.send(first, ['EVAL', text, ...rest])
  }
}
