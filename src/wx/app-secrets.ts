import { LoginError } from '../errors'
import type { Log } from '../log'
import { type Deadline, startDeadline } from '../upstream/deadline'
import type { Asking } from './asking'
import { isAppSecretRefusal, WxRefused } from './wx-refused'

export interface AppSecretsOptions {
  /** appid to its AppSecrets: the current one and, around a reset, the previous one. */
  apps: ReadonlyMap<string, readonly string[]>
  /** Total deadline in milliseconds, for one call or for two. */
  timeoutMs: number
  log: Log
}

/** One call that carries an AppSecret. */
export type CallWithSecret<T> = (secret: string, deadline: Deadline) => Promise<T>

const PLACES = ['current', 'previous'] as const

/** Answers about a code or its user. WeChat gives them only to an app whose AppSecret it took. */
const VERDICTS: readonly string[] = ['code_invalid', 'code_used', 'user_blocked']

/**
 * The AppSecrets of every app. Around a reset an app has two, and WeChat takes one of them.
 *
 * The secret that WeChat took last is remembered for the life of the process and is tried first.
 * The log says once which one that is: it names the place of the secret, never its value.
 *
 * After 40125 the same login code is sent a second time, with the other secret. In no other case is
 * a code sent again, because a lost answer may have been a login. Here the answer is known, and it
 * says that nobody logged in. WeChat does not document whether 40125 spends the code. If it does,
 * the second answer is "used": the client logs in again with a new code, and that answer proves the
 * secret right, so that the new code goes through.
 */
export class AppSecrets {
  readonly #options: AppSecretsOptions
  /** appid to the place of the secret that WeChat took last. */
  readonly #taken = new Map<string, number>()

  constructor(options: AppSecretsOptions) {
    this.#options = options
  }

  /**
   * Makes a call with the app's AppSecret. Where the app has two and WeChat answers 40125, makes
   * the call once more with the other one. Both calls have one deadline.
   *
   * @throws LoginError `unknown_appid`, or whatever the last call threw
   */
  async use<T>(asking: Asking, call: CallWithSecret<T>): Promise<T> {
    const { apps, timeoutMs } = this.#options
    const secrets = apps.get(asking.appid)
    if (secrets === undefined) throw new LoginError('unknown_appid')
    const { deadline = startDeadline(timeoutMs) } = asking
    if (secrets.length === 1) return call(secrets[0] as string, deadline)

    const attempt = (place: number) =>
      this.#notingPlace(asking, place, () => call(secrets[place] as string, deadline))
    const likely = this.#taken.get(asking.appid) ?? 0
    try {
      return await attempt(likely)
    } catch (error) {
      if (!isAppSecretRefusal(error)) throw error
      return attempt(1 - likely)
    }
  }

  async #notingPlace<T>(asking: Asking, place: number, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work()
      this.#note(asking, place)
      return result
    } catch (error) {
      if (error instanceof WxRefused && VERDICTS.includes(error.code)) this.#note(asking, place)
      throw error
    }
  }

  #note({ appid, origin }: Asking, place: number): void {
    if (this.#taken.get(appid) === place) return
    this.#taken.set(appid, place)
    const { log } = this.#options
    const fields = { appid, taken: PLACES[place], request_id: origin.requestId }
    if (place === 0) log.info('wechat_app_secret', fields)
    else log.warn('wechat_app_secret', { ...fields, hint: 'WeChat refused the current one' })
  }
}
