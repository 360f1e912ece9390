import { printable } from '../log'
import type { User } from '../login/proven-users'
import type { UserSession } from '../login/user-sessions'

/** A user as a command prints one: names as over HTTP, times to read. */
export function shownUser(user: User) {
  return {
    id: user.id,
    appid: user.appid,
    openid: user.openid,
    unionid: user.unionid,
    nickname: user.nickname,
    avatar_url: user.avatarUrl,
    phone_number: user.phoneNumber,
    created_at: timeOf(user.createdAt),
    last_login_at: timeOf(user.lastLoginAt),
    disabled_at: user.disabledAt === null ? null : timeOf(user.disabledAt),
    disabled_reason: user.disabledReason,
  }
}

export function shownSession({ id, createdAt, expiresAt }: UserSession) {
  return { id, created_at: timeOf(createdAt), expires_at: timeOf(expiresAt) }
}

/** One field a line; what is unknown is left out. */
export function asLines(fields: Readonly<Record<string, string | null>>): string {
  return Object.entries(fields)
    .flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(16)}${printable(value)}`]))
    .join('\n')
}

/** One user on one line, for a list. */
export function asRow(user: User): string {
  const { id, appid, last_login_at, disabled_at, nickname } = shownUser(user)
  const state = disabled_at === null ? 'active  ' : 'disabled'
  return printable(`${id}  ${appid}  ${state}  ${last_login_at}  ${nickname ?? ''}`).trimEnd()
}

/** A row may hold a time that is none: then it is shown as it stands there. */
function timeOf(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms)
}
