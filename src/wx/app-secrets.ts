import { LoginError } from '../errors'
import type { Log } from '../log'
import { WxRefused } from './errcode'

export interface AppSecretsOptions {
  /** appid to its AppSecrets: the current one and, around a reset, the previous one. */
  apps: ReadonlyMap<string, readonly string[]>
  /** Total deadline of a call in milliseconds, tried again or not. */
  timeoutMs: number
  log: Log
}

/** The AppSecrets of every app, each tried in the order in which WeChat is likely to take it. */
export interface AppSecrets {
  /**
   * Runs a call with an app's AppSecret, within what is left of the deadline. Where there are two,
   * and WeChat says 40125 to the one that it took last, it is run once more with the other one.
   *
   * @throws LoginError `unknown_appid`, or whatever the last call threw
   */
  use<T>(appid: string, call: (secret: string, withinMs: number) => Promise<T>): Promise<T>
}

const NAMES = ['current', 'previous'] as const

const WRONG_SECRET = 40125

/** Answers about a code or its user: WeChat gives them to an app that has proved itself. */
const VERDICTS: readonly string[] = ['code_invalid', 'code_used', 'user_blocked']

/**
 * Which secret WeChat takes is remembered for the life of the process, and told once in the log:
 * by its place, never by its value.
 *
 * Even a login code is sent a second time after 40125, and only then. A code stays away from the
 * wire because an answer that was lost may have been a login. Here the answer is known, and it was
 * that nobody logged in. Whether 40125 spends the code is documented nowhere; if it did, the second
 * answer would be "used", which sends the client for a new code, and proves the secret right, so
 * that the new code goes through.
 */
export function createAppSecrets({ apps, timeoutMs, log }: AppSecretsOptions): AppSecrets {
  const taken = new Map<string, number>()

  function note(appid: string, place: number): void {
    if (taken.get(appid) === place) return
    taken.set(appid, place)
    const fields = { appid, taken: NAMES[place] }
    if (place === 0) log.info('wechat_app_secret', fields)
    else log.warn('wechat_app_secret', { ...fields, hint: 'WeChat refused the current one' })
  }

  return {
    async use(appid, call) {
      const secrets = apps.get(appid)
      if (secrets === undefined) throw new LoginError('unknown_appid')
      if (secrets.length === 1) return call(secrets[0] as string, timeoutMs)
      const begun = performance.now()
      const attempt = async (place: number) => {
        try {
          const leftMs = timeoutMs - (performance.now() - begun)
          const result = await call(secrets[place] as string, leftMs)
          note(appid, place)
          return result
        } catch (error) {
          if (error instanceof WxRefused && VERDICTS.includes(error.code)) note(appid, place)
          throw error
        }
      }
      const likely = taken.get(appid) ?? 0
      try {
        return await attempt(likely)
      } catch (error) {
        if (!(error instanceof WxRefused) || error.wxErrcode !== WRONG_SECRET) throw error
        return attempt(1 - likely)
      }
    },
  }
}
