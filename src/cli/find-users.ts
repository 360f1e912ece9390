import type { Command } from 'commander'
import type { User } from '../login/proven-users'
import type { Users } from '../login/users'
import { UsageError } from './command'

/** Whom a command is about. */
export interface Whom {
  readonly openid?: string
  readonly appid?: string
  readonly unionid?: string
  readonly phone?: string
}

/** Where a search looks. */
export interface People {
  readonly users: Users
  /** The mini programs that are configured. */
  readonly appids: readonly string[]
}

/** Who is meant where no id is given. */
export function withSearch(command: Command): Command {
  return command
    .option('--openid <openid>', '按 openid 找 · by openid')
    .option('--appid <appid>', '是哪个小程序的 openid · whose openid it is')
    .option('--unionid <unionid>', '按 unionid 找 · by unionid')
    .option('--phone <number>', '按手机号找 · by phone number')
}

/** Whether anybody is searched for, however wrongly. */
export function isSearch({ openid, appid, unionid, phone }: Whom): boolean {
  return [openid, appid, unionid, phone].some(way => way !== undefined)
}

/**
 * The ids that a command is about: those that were given, or those that a search finds.
 *
 * @throws UsageError when nobody is named, or in two ways at once
 */
export async function idsOf(
  people: People,
  ids: readonly string[],
  whom: Whom,
): Promise<readonly string[]> {
  checkWhom(ids, whom)
  return ids.length > 0 ? ids : (await search(people, whom)).map(({ id }) => id)
}

/** @throws UsageError when nobody is named, or in two ways at once */
export function checkWhom(ids: readonly string[], whom: Whom): void {
  const ways = [ids[0], whom.openid, whom.unionid, whom.phone].filter(way => way !== undefined)
  if (ways.length !== 1) {
    throw new UsageError(
      '指明一种：用户 id、--openid、--unionid 或 --phone · name the user in one way: id, --openid, --unionid or --phone',
    )
  }
  if (whom.appid !== undefined && whom.openid === undefined) {
    throw new UsageError('--appid 与 --openid 一起用 · --appid goes with --openid')
  }
}

/** The users whom a search finds. */
export async function search({ users, appids }: People, whom: Whom): Promise<readonly User[]> {
  const { openid, appid, unionid, phone } = whom
  if (unionid !== undefined) return users.byUnionid(unionid)
  if (phone !== undefined) return users.byPhone(phone)
  if (openid === undefined) return []
  // An openid belongs to one mini program: without its name each of the configured ones is asked.
  const asked = appid === undefined ? appids : [appid]
  const found = await Promise.all(asked.map(each => users.byOpenid(each, openid)))
  return found.filter(user => user !== undefined)
}
