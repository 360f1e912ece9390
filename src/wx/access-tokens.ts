import { randomInt } from 'node:crypto'
import { LoginError } from '../errors'
import type { Log } from '../log'
import type { Patience } from '../patience'
import { type AccessTokenCache, createForgivingCache } from './access-token-cache'
import { AccessTokenKeeper } from './access-token-keeper'
import type { Asking } from './asking'
import type { AccessToken, StableToken } from './stable-token'

export interface AccessTokens {
  /** @throws LoginError `unknown_appid`, or whatever kept WeChat from giving an access_token */
  get(asking: Asking): Promise<AccessToken>
  /**
   * Another access_token than the one that WeChat refused.
   *
   * @throws LoginError as `get` does
   */
  replace(refused: string, asking: Asking): Promise<AccessToken>
}

export interface AccessTokensOptions {
  fetchToken: StableToken
  appids: Iterable<string>
  /** Where instances share their access_tokens. */
  cache: AccessTokenCache
  patience: Pick<Patience, 'leaseMs' | 'leasePollMs'>
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
  /** How far into its last five minutes an access_token is renewed. Default: up to two minutes. */
  jitterMs?: () => number
}

const LATEST_JITTER_MS = 120_000

/** The access_tokens of all apps, one keeper for each. */
export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  const { fetchToken, appids, patience, now, log } = options
  const { jitterMs = () => randomInt(LATEST_JITTER_MS) } = options
  const cache = createForgivingCache(options.cache, log)
  const keepers = new Map<string, AccessTokenKeeper>()
  for (const appid of appids) {
    const keeper = { appid, fetchToken, cache, patience, now, log, jitterMs }
    keepers.set(appid, new AccessTokenKeeper(keeper))
  }

  function keeperOf(appid: string): AccessTokenKeeper {
    const keeper = keepers.get(appid)
    if (!keeper) throw new LoginError('unknown_appid')
    return keeper
  }

  return {
    get: async ({ appid, origin }) => keeperOf(appid).get(origin),
    replace: async (refused, { appid, origin }) => keeperOf(appid).replace(refused, origin),
  }
}
