import type { LoginCode } from '../contract/codes'
import type { Users } from '../contract/users'
import type { MemorySessions } from './sessions'
import type { MemoryUsers } from './users'

export interface MemoryEndingsOptions {
  users: MemoryUsers
  sessions: Pick<MemorySessions, 'endAll'>
  codes: Map<string, LoginCode>
}

/** What ends a user's sessions together with a change of the user. */
export function createMemoryEndings(
  options: MemoryEndingsOptions,
): Pick<Users, 'disable' | 'erase'> {
  const { users, sessions, codes } = options
  return {
    async disable(userId, disabling) {
      return users.setDisabled(userId, disabling) ? sessions.endAll(userId) : undefined
    },

    async erase(userId) {
      // No await before the end: a login in between would belong to a user who is gone.
      const ended = sessions.endAll(userId)
      for (const [hash, code] of codes) if (code.userId === userId) codes.delete(hash)
      return users.remove(userId) ? ended : undefined
    },
  }
}
