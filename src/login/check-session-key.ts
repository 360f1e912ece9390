import { LRUCache } from 'lru-cache'
import type { ErrorText } from '../errors'
import type { Origin } from '../events'
import type { Session } from '../store/contract/sessions'
import type { Store } from '../store/contract/store'
import type { SessionKeyCheck } from '../store/contract/users'
import type { LoginPlatform } from './platform'
import { sayWechatFailed } from './say-wechat-failed'
import type { SessionSealing } from './session-secrets'
import { createSingleFlight } from './single-flight'

export interface CheckSessionKeyOptions {
  platform: Pick<LoginPlatform, 'checkSessionKey'>
  store: { readonly users: Pick<Store['users'], 'noteKeyCheck'> }
  secrets: Pick<SessionSealing, 'sessionKeyOf'>
  /** Milliseconds since 1970. */
  now: () => number
}

export type CheckSessionKey = (session: Session, origin: Origin) => Promise<boolean>

/** The general texts ask for a new login. This user is logged in, and stays so. */
const NOT_ASKED: ErrorText = {
  zh: '暂时无法向微信核对 session_key，请稍后再试',
  en: 'WeChat could not be asked about the session_key: try again later.',
}

/** Answers of this process that are remembered at one time. */
const REMEMBERED = 10_000
/** How long an answer of WeChat is given again, in milliseconds. */
const KNOWN_MS = 3000

/**
 * Asks WeChat whether the session_key of this session is the one that is valid for the user now,
 * and notes the answer for all instances.
 *
 * Each question counts against the quota that the company has at WeChat. So callers that ask at the
 * same time share one question, and an answer is given again for 3 s, also one that another instance
 * noted. A login with another session_key and a reset end that: the next question is a new one.
 *
 * @throws LoginError `session_ended` when the secret that sealed the session_key is no longer
 *   configured; `session_key_stale` when the login brought no key
 */
export function createCheckSessionKey(options: CheckSessionKeyOptions): CheckSessionKey {
  const { platform, store, secrets, now } = options
  const underWay = createSingleFlight<boolean>()
  const answers = new LRUCache<string, SessionKeyCheck>({ max: REMEMBERED })

  async function ask(session: Session, sessionKey: string, origin: Origin): Promise<boolean> {
    const { userId, appid, openid, sessionKeyHash } = session
    // The answer counts from when WeChat was asked: its way back says nothing about the key.
    const at = now()
    const asked = platform.checkSessionKey(sessionKey, { appid, openid, origin })
    const valid = await asked.catch((error: unknown) => {
      throw sayWechatFailed(error, NOT_ASKED)
    })
    answers.set(nameOf(session), { at, valid })
    if (sessionKeyHash !== null) {
      await store.users.noteKeyCheck(userId, sessionKeyHash, { at, valid })
    }
    return valid
  }

  function isRecent({ at }: SessionKeyCheck): boolean {
    const age = now() - at
    return age >= 0 && age < KNOWN_MS
  }

  return async (session, origin) => {
    const sessionKey = secrets.sessionKeyOf(session, origin)
    const known = [answers.get(nameOf(session)), notedOf(session)]
    const recent = known.find(check => check && isRecent(check))
    if (recent) return recent.valid
    return underWay.join(nameOf(session), origin, {
      work: () => ask(session, sessionKey, origin),
      tell: (_sharers, work) => work(),
    })
  }
}

/** Names the question. Another newest session_key makes another question of it. */
function nameOf({ id, userId, sessionKeyHash, newestKeyHash }: Session): string {
  return `${userId} ${sessionKeyHash ?? id} ${newestKeyHash}`
}

/** What some instance noted of the session_key that this session holds. */
function notedOf({ sessionKeyHash, newestKeyHash, newestKeyCheck }: Session) {
  const isNewest = sessionKeyHash !== null && sessionKeyHash === newestKeyHash
  return isNewest ? newestKeyCheck : null
}
