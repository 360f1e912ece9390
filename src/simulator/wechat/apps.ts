/**
 * The app that the simulator has when no other is given. Visibly fake: no real mini program has
 * this appid, and the secret opens nothing.
 */
export const SIMULATOR_APP = {
  appid: 'wx0000000000000000',
  secret: '5117a7ed5ec7e70005117a7ed5ec7e70',
} as const

/** appid -> AppSecret, or the two that are valid while it is being changed. */
export type Apps = Readonly<Record<string, string | readonly string[]>>

/** The Open Platform account that apps are bound to when no other is named. */
const DEFAULT_OPEN_PLATFORM = ''

/** The apps that WeChat knows, with their AppSecrets and their Open Platform accounts. */
export class AppBook {
  readonly #defaultAppid: string
  readonly #secrets: Map<string, readonly string[]>
  readonly #openPlatforms = new Map<string, string>()

  /** @throws TypeError when there is no app, or one without a secret */
  constructor(apps: Apps) {
    const [defaultAppid] = Object.keys(apps)
    if (defaultAppid === undefined) {
      throw new TypeError('"apps" must hold at least one app: { [appid]: secret }')
    }
    this.#defaultAppid = defaultAppid
    this.#secrets = new Map(
      Object.entries(apps).map(([appid, given]) => [appid, checkSecrets(appid, given)]),
    )
  }

  has(appid: string): boolean {
    return this.#secrets.has(appid)
  }

  /** The appid, or that of the first app when none is given. @throws TypeError if it is unknown */
  known(appid: string = this.#defaultAppid): string {
    if (this.has(appid)) return appid
    throw new TypeError(`the simulator has no app "${appid}"`)
  }

  acceptsSecret(appid: string, secret: string): boolean {
    return this.#secrets.get(appid)?.includes(secret) ?? false
  }

  /** @throws TypeError unless there are one or two, none empty */
  setSecrets(appid: string, secrets: string | readonly string[]): void {
    this.#secrets.set(appid, checkSecrets(appid, secrets))
  }

  /** Whether the app is bound to an Open Platform account. */
  isBound(appid: string): boolean {
    return this.#openPlatforms.has(appid)
  }

  /** The Open Platform account of the app; the default one as long as the app has none. */
  openPlatformOf(appid: string): string {
    return this.#openPlatforms.get(appid) ?? DEFAULT_OPEN_PLATFORM
  }

  bind(appid: string, openPlatform: string = DEFAULT_OPEN_PLATFORM): void {
    this.#openPlatforms.set(appid, openPlatform)
  }

  unbind(appid: string): void {
    this.#openPlatforms.delete(appid)
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
