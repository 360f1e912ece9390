import { LISTED_USERS, type Users } from '../store/contract/users'
import type { ProvenUsers, User } from './proven-users'

export interface UserPageRequest {
  /** The `next` of the page before. Default: the first page. */
  readonly after?: string | null | undefined
  /** Users of a page, 1 to 100. Default 100. */
  readonly limit?: number | undefined
}

export interface UserPage {
  readonly users: readonly User[]
  /** Where the next page begins; null after the last one. */
  readonly next: string | null
}

const MOST_USERS = LISTED_USERS - 1

/**
 * One page of all users, by their ids. A user who comes or goes between two pages moves nobody else
 * to another page.
 *
 * @throws TypeError for a limit that is not 1 to 100
 */
export async function listUsers(
  { stored, proven }: { stored: Pick<Users, 'list'>; proven: Pick<ProvenUsers, 'all'> },
  { after, limit = MOST_USERS }: UserPageRequest,
): Promise<UserPage> {
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_USERS) {
    throw new TypeError(`"limit" must be a whole number from 1 to ${MOST_USERS}`)
  }
  const found = await stored.list(after ?? '')
  const page = found.slice(0, limit)
  const isLast = found.length <= limit
  const users = await proven.all(Promise.resolve(page))
  return { users, next: isLast ? null : (page.at(-1)?.id ?? null) }
}
