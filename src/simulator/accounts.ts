import { createHash } from 'node:crypto'

import { createSessionKeys } from './session-keys'

/**
 * The app that the simulator has when no other is given. Visibly fake: no real mini program has
 * this appid, and the secret opens nothing.
 */
export const SIMULATOR_APP = {
  appid: 'wx0000000000000000',
  secret: '5117a7ed5ec7e70005117a7ed5ec7e70',
} as const

/** Who logs in when nobody else is named. */
export const DEFAULT_USER = 'alice'

/** The Open Platform account that apps are bound to when no other is named. */
const DEFAULT_PLATFORM = ''

/** A user as one mini program sees them. */
export interface SimulatedUser {
  /** The same for the same name and appid, also after a restart. 28 characters, `oSIM…`. */
  readonly openid: string
  /**
   * The same in every app of one Open Platform account. Only logins of an app that is bound to one
   * carry it.
   */
  readonly unionid: string
  /** The one key that is valid now: base64 of 16 bytes. `undefined` before the first login. */
  readonly sessionKey: string | undefined
  /** 11 digits, the same for the same name in every app. Nobody should be called there. */
  readonly phoneNumber: string
}

/** appid -> AppSecret, or the two that are valid while it is being changed. */
export type Apps = Readonly<Record<string, string | readonly string[]>>

/** Apps with their secrets, and users with their identities. */
export interface Accounts {
  readonly defaultAppid: string
  hasApp(appid: string): boolean
  acceptsSecret(appid: string, secret: string): boolean
  /** @throws TypeError unless there are one or two, none empty */
  setSecrets(appid: string, secrets: string | readonly string[]): void
  user(name: string, appid: string): SimulatedUser
  /** Whose openid it is, if that user has ever logged in to the app. */
  nameOf(openid: string, appid: string): string | undefined
  /** A new session_key; the one before it is dead. */
  rotateSessionKey(name: string, appid: string): SimulatedUser
  /** The session_key is dead and has no successor. */
  expireSessionKey(name: string, appid: string): void
  /** The newest session_key that there ever was (0), the one before it (1) … */
  sessionKeyAgo(name: string, appid: string, ago: number): string | undefined
  isBlocked(name: string): boolean
  setBlocked(name: string, blocked: boolean): void
  isUnionidBound(appid: string): boolean
  setUnionidBound(appid: string, bound: boolean, platform?: string): void
}

/** @throws TypeError when there is no app, or one without a secret */
export function createAccounts(apps: Apps): Accounts {
  const [defaultAppid] = Object.keys(apps)
  if (defaultAppid === undefined) {
    throw new TypeError('"apps" must hold at least one app: { [appid]: secret }')
  }
  const secrets = new Map(
    Object.entries(apps).map(([appid, given]) => [appid, checkSecrets(appid, given)]),
  )
  const sessionKeys = createSessionKeys()
  const names = new Map<string, string>()
  const blockedUsers = new Set<string>()
  const platforms = new Map<string, string>()

  const user = (name: string, appid: string): SimulatedUser => ({
    openid: `oSIM${fingerprint(`openid\n${appid}\n${name}`).slice(0, 24)}`,
    unionid: unionid(name, platforms.get(appid) ?? DEFAULT_PLATFORM),
    sessionKey: sessionKeys.current(name, appid),
    phoneNumber: `1380000${digits(`phone\n${name}`)}`,
  })

  return {
    defaultAppid,
    hasApp: appid => secrets.has(appid),
    acceptsSecret: (appid, secret) => secrets.get(appid)?.includes(secret) ?? false,
    setSecrets: (appid, given) => {
      secrets.set(appid, checkSecrets(appid, given))
    },
    user,
    nameOf: (openid, appid) => names.get(`${appid}\n${openid}`),
    rotateSessionKey(name, appid) {
      sessionKeys.rotate(name, appid)
      const known = user(name, appid)
      names.set(`${appid}\n${known.openid}`, name)
      return known
    },
    expireSessionKey: sessionKeys.expire,
    sessionKeyAgo: sessionKeys.ago,
    isBlocked: name => blockedUsers.has(name),
    setBlocked(name, blocked) {
      if (blocked) blockedUsers.add(name)
      else blockedUsers.delete(name)
    },
    isUnionidBound: appid => platforms.has(appid),
    setUnionidBound(appid, bound, platform = DEFAULT_PLATFORM) {
      if (bound) platforms.set(appid, platform)
      else platforms.delete(appid)
    },
  }
}

function checkSecrets(appid: string, given: string | readonly string[]): readonly string[] {
  const secrets: unknown[] = Array.isArray(given) ? [...given] : [given]
  const good = secrets.length >= 1 && secrets.length <= 2
  if (appid === '' || !good || !secrets.every(s => typeof s === 'string' && s !== '')) {
    throw new TypeError(`"apps" must give every appid one secret, or two: see "${appid}"`)
  }
  return secrets as string[]
}

function unionid(name: string, platform: string): string {
  const seed = platform === DEFAULT_PLATFORM ? name : `${platform}\n${name}`
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
