import { createHash } from 'node:crypto'
import type { AppBook } from './apps'
import { SessionKeys } from './session-keys'

/** Who logs in when nobody else is named. */
export const DEFAULT_USER = 'alice'

/** A user as one mini program sees them. */
export interface SimulatedUser {
  /** The same for the same name and appid, also after a restart. 28 characters, `oSIM…`. */
  readonly openid: string
  /**
   * The same in every app of one Open Platform account. A login carries it only when the app is
   * bound to such an account.
   */
  readonly unionid: string
  /** The one key that is valid now: base64 of 16 bytes. `undefined` before the first login. */
  readonly sessionKey: string | undefined
  /** 11 digits, the same for the same name in every app. Do not call this number. */
  readonly phoneNumber: string
}

/** The users of WeChat: their identities, their session_keys, and whom WeChat blocks. */
export class Users {
  readonly #apps: AppBook
  readonly #sessionKeys = new SessionKeys()
  readonly #names = new Map<string, string>()
  readonly #blocked = new Set<string>()

  constructor(apps: AppBook) {
    this.#apps = apps
  }

  /** The user as the app sees them now. Every name is a user. */
  seenBy(appid: string, name: string): SimulatedUser {
    return {
      openid: `oSIM${fingerprint(`openid\n${appid}\n${name}`).slice(0, 24)}`,
      unionid: unionid(name, this.#apps.openPlatformOf(appid)),
      sessionKey: this.#sessionKeys.current(appid, name),
      phoneNumber: `1380000${digits(`phone\n${name}`)}`,
    }
  }

  /** Whose openid it is, if that user has ever logged in to the app. */
  nameOf(appid: string, openid: string): string | undefined {
    return this.#names.get(`${appid}\n${openid}`)
  }

  /** A new session_key; the one before it is dead. */
  rotateSessionKey(appid: string, name: string): SimulatedUser {
    this.#sessionKeys.rotate(appid, name)
    const user = this.seenBy(appid, name)
    this.#names.set(`${appid}\n${user.openid}`, name)
    return user
  }

  /** The session_key is dead and has no successor. */
  expireSessionKey(appid: string, name: string): void {
    this.#sessionKeys.expire(appid, name)
  }

  /** The newest session_key that there ever was (0), the one before it (1) … */
  sessionKeyAgo(appid: string, name: string, ago: number): string | undefined {
    return this.#sessionKeys.ago(appid, name, ago)
  }

  isBlocked(name: string): boolean {
    return this.#blocked.has(name)
  }

  setBlocked(name: string, blocked: boolean): void {
    if (blocked) this.#blocked.add(name)
    else this.#blocked.delete(name)
  }
}

function unionid(name: string, openPlatform: string): string {
  const seed = openPlatform === '' ? name : `${openPlatform}\n${name}`
  return `oSIMu${fingerprint(`unionid\n${seed}`).slice(0, 23)}`
}

/** 43 characters of [A-Za-z0-9_-], the alphabet of real openids. */
function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** Four digits that follow from the text. */
function digits(text: string): string {
  const number = createHash('sha256').update(text).digest().readUInt32BE() % 10_000
  return String(number).padStart(4, '0')
}
