import type { Users } from '../contract/users'
import type { StatementRunner } from './statement-runner'

/**
 * What ends a user's sessions together with a change of the user. The user's row comes first, as in
 * a login: two transactions that take their locks in the same order never wait for each other.
 */
export function createSqlEndings(
  runner: StatementRunner,
): Pick<Users, 'disable' | 'enable' | 'erase'> {
  const { write } = runner
  return {
    async disable(userId, { reason, now }) {
      const [found, ended] = await write(['disableUser', 'findSessionIds', 'endSessionsOfUser'], {
        userId,
        reason,
        now,
      })
      return found === 0 ? undefined : ended.map(({ id }) => id)
    },
    async enable(userId) {
      const [found] = await write(['enableUser'], { userId })
      return found === 1
    },
    erase: (userId, now) => erase(runner, userId, now),
  }
}

async function erase({ read, write }: StatementRunner, userId: string, now: number) {
  // No login of this user can follow: one that waits for the row finds it gone, and makes another.
  const [found, ended] = await write(
    ['disableUser', 'findSessionIds', 'endSessionsOfUser', 'deleteUser'],
    { userId, reason: null, now },
  )
  // The table has no index by user, which each login would pay for. It holds ten minutes of logins.
  for (const { hash } of await read('findCodesOfUser', { userId })) {
    await write(['forgetCode'], { codeHash: hash })
  }
  // Also for a user who is gone: an interruption may have left traces in the file.
  await write(['deleteUser'], { userId }, { shred: true })
  return found === 0 ? undefined : ended.map(({ id }) => id)
}
