import { createHash, randomBytes } from 'node:crypto'

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

/** A user as one mini program sees them. */
export interface SimulatedUser {
  /** The same for the same name and appid, also after a restart. 28 characters, `oSIM…`. */
  readonly openid: string
  /** The same in every app. Only logins of an app bound to an Open Platform account carry it. */
  readonly unionid: string
  /** The one key that is valid now: base64 of 16 bytes. `undefined` before the first login. */
  readonly sessionKey: string | undefined
  /** 11 digits, the same for the same name in every app. Nobody should be called there. */
  readonly phoneNumber: string
}

/** Apps with their secrets, and users with their identities. */
export interface Accounts {
  readonly defaultAppid: string
  hasApp(appid: string): boolean
  acceptsSecret(appid: string, secret: string): boolean
  user(name: string, appid: string): SimulatedUser
  /** A new session_key; the one before it is dead. */
  rotateSessionKey(name: string, appid: string): SimulatedUser
  isBlocked(name: string): boolean
  setBlocked(name: string, blocked: boolean): void
  isUnionidBound(appid: string): boolean
  setUnionidBound(appid: string, bound: boolean): void
}

/** @throws TypeError when there is no app, or one without a secret */
export function createAccounts(apps: Readonly<Record<string, string>>): Accounts {
  const secrets = new Map(Object.entries(apps))
  const [defaultAppid] = secrets.keys()
  if (defaultAppid === undefined) {
    throw new TypeError('"apps" must hold at least one app: { [appid]: secret }')
  }
  for (const [appid, secret] of secrets) {
    if (appid === '' || typeof secret !== 'string' || secret === '') {
      throw new TypeError(`"apps" must give every appid a secret: see "${appid}"`)
    }
  }

  const sessionKeys = new Map<string, string>()
  const blockedUsers = new Set<string>()
  const boundApps = new Set<string>()

  const user = (name: string, appid: string): SimulatedUser => ({
    openid: `oSIM${fingerprint(`openid\n${appid}\n${name}`).slice(0, 24)}`,
    unionid: `oSIMu${fingerprint(`unionid\n${name}`).slice(0, 23)}`,
    sessionKey: sessionKeys.get(`${appid}\n${name}`),
    phoneNumber: `1380000${digits(`phone\n${name}`)}`,
  })

  return {
    defaultAppid,
    hasApp: appid => secrets.has(appid),
    acceptsSecret: (appid, secret) => secrets.get(appid) === secret,
    user,
    rotateSessionKey(name, appid) {
      sessionKeys.set(`${appid}\n${name}`, randomBytes(16).toString('base64'))
      return user(name, appid)
    },
    isBlocked: name => blockedUsers.has(name),
    setBlocked: (name, blocked) => put(blockedUsers, name, blocked),
    isUnionidBound: appid => boundApps.has(appid),
    setUnionidBound: (appid, bound) => put(boundApps, appid, bound),
  }
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

function put(set: Set<string>, member: string, present: boolean): void {
  if (present) set.add(member)
  else set.delete(member)
}
