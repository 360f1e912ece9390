import type { Config } from '../config/config'
import type { Log } from '../log'
import type { Identify } from '../login/identify'
import type { LogIn } from '../login/login'
import { createReadCloudUser } from './cloud-user'
import { createFirstLogin } from './first-login'
import { createLoginProperty, type LoginOf, loginOf } from './found-login'
import type { RateLimit } from './rate-limit'
import { createReadToken, type ReadToken } from './read-token'
import { createRequireLogin, type Middleware } from './require-login'

export interface GuardsOptions extends Pick<LogIn, 'login'> {
  identify: Identify
  /** The limit of `POST /login`. */
  loginLimit: RateLimit
  config: Pick<Config, 'apps' | 'tokenHeaders' | 'cloudRunEnv'>
  /** The name on `req` under which guards put who is asking. */
  property: string
  log: Log
}

/** The guards of one service, and where they read a token. */
export interface Guards {
  readonly readToken: ReadToken
  /** For our own routes: by a token, the gateway of Cloud Hosting, or a login code. */
  readonly ownRequired: Middleware
  /** For our own routes: by a token alone. */
  readonly ownRequiredToken: Middleware
  /** For a host's routes. */
  readonly ofHost: {
    readonly required: Middleware
    readonly optional: Middleware
    /** @throws TypeError when the appid is not configured */
    requiredFor(appid: string): Middleware
    readonly of: LoginOf
  }
}

export function createGuards(options: GuardsOptions): Guards {
  const { identify, login, loginLimit: limit, config, property, log } = options
  const { apps, tokenHeaders, cloudRunEnv } = config
  const readToken = createReadToken(tokenHeaders)
  const byToken = { identify, readToken, log }
  const appids = new Set(apps.keys())
  const readCloudUser = createReadCloudUser({ cloudRunEnv, appids, log })
  const byAll = { ...byToken, readCloudUser, firstLogin: createFirstLogin({ login, limit }) }
  const shown = { ...byAll, show: createLoginProperty(property) }
  return {
    readToken,
    ownRequired: createRequireLogin(byAll),
    ownRequiredToken: createRequireLogin(byToken),
    ofHost: {
      required: createRequireLogin(shown),
      optional: createRequireLogin({ ...shown, isOptional: true }),
      requiredFor(appid) {
        if (appids.has(appid)) return createRequireLogin({ ...shown, appid })
        throw new TypeError('"appid" must be one of the mini programs in "apps"')
      },
      of: loginOf,
    },
  }
}
