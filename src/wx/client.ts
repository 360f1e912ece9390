import { LoginError } from '../errors'
import type { Events, Origin } from '../events'
import type { Log } from '../log'
import type { Patience } from '../patience'
import type { UpstreamClient } from '../upstream/client'
import type { AccessTokenCache } from './access-token-cache'
import { type AccessTokens, createAccessTokens } from './access-tokens'
import { AppSecrets } from './app-secrets'
import { createAuthorizedCall } from './authorized-call'
import { type Checksession, createChecksession } from './checksession'
import { createGetuserphonenumber, type Getuserphonenumber } from './getuserphonenumber'
import { createJscode2session, type Jscode2session } from './jscode2session'
import { createLoginGates, type LoginGates } from './login-gates'
import { type OpenData, type OpenDataFields, readOpenData } from './read-open-data'
import { createResetusersessionkey, type Resetusersessionkey } from './resetusersessionkey'
import { type AccessToken, createStableToken } from './stable-token'
import { createTellFailures } from './tell-failures'
import { countFetches, countRequests, type WechatCounts } from './wechat-counts'

export interface WxOptions {
  client: UpstreamClient
  /** appid to its AppSecrets, the current one first. */
  apps: ReadonlyMap<string, readonly string[]>
  /** Where instances share their access_tokens. */
  accessTokenCache: AccessTokenCache
  patience: Pick<Patience, 'leaseMs' | 'leasePollMs' | 'breakerTrialMs'>
  /** Milliseconds since 1970. */
  now: () => number
  events: Pick<Events, 'tell'>
  /** Counts what WeChat was asked. */
  counts: WechatCounts
  log: Log
}

export interface AccessTokenRequest {
  /** An access_token that WeChat has just refused. Another one is given. */
  readonly refused?: string | undefined
  readonly origin?: Origin | undefined
}

/** An access_token and the app that it belongs to. */
export interface AppAccessToken extends AccessToken {
  readonly appid: string
}

/** WeChat as one object. Only the exchange of a login code needs no access_token. */
export interface Wx {
  /** Lets a login in before its code is claimed, or refuses it. */
  readonly admitLogin: LoginGates['admit']
  /** Whether the app's logins are refused because WeChat does not answer. */
  readonly isBreakerOpen: LoginGates['isBreakerOpen']
  readonly exchangeCode: Jscode2session
  readonly getPhoneNumber: Getuserphonenumber
  readonly checkSessionKey: Checksession
  readonly resetSessionKey: Resetusersessionkey
  readOpenData(fields: OpenDataFields): OpenData
  /**
   * The app's access_token. `appid` may be left out only where one app is configured: with several,
   * an access_token of the wrong mini program would act on that mini program.
   *
   * @throws LoginError `invalid_request` when several apps are configured and none is named
   */
  getAccessToken(appid: string | undefined, request?: AccessTokenRequest): Promise<AppAccessToken>
}

export function createWx(options: WxOptions): Wx {
  const { apps, accessTokenCache, patience, now, events, counts, log } = options
  const client = countRequests(options.client, counts)
  const { timeoutMs, maxSockets } = client
  const tellFailures = createTellFailures(events)
  const secrets = new AppSecrets({ apps, timeoutMs, log })
  const accessTokens = createAccessTokens({
    fetchToken: countFetches(createStableToken({ client, secrets, tellFailures, now }), counts),
    appids: apps.keys(),
    cache: accessTokenCache,
    patience,
    now,
    log,
  })
  const call = createAuthorizedCall({ accessTokens, timeoutMs, tellFailures })
  const gates = createLoginGates({ appids: apps.keys(), maxSockets, patience, events, log })
  return {
    admitLogin: gates.admit,
    isBreakerOpen: gates.isBreakerOpen,
    exchangeCode: createJscode2session({ client, secrets, tellFailures, now }),
    getPhoneNumber: createGetuserphonenumber({ client, call, now }),
    checkSessionKey: createChecksession({ client, call, now }),
    resetSessionKey: createResetusersessionkey({ client, call, now }),
    readOpenData,
    getAccessToken: createGetAccessToken(accessTokens, [...apps.keys()]),
  }
}

function createGetAccessToken(
  accessTokens: AccessTokens,
  appids: readonly string[],
): Wx['getAccessToken'] {
  const onlyAppid = appids.length === 1 ? appids[0] : undefined
  return async (named, { refused, origin = {} } = {}) => {
    const appid = named ?? onlyAppid
    if (appid === undefined) throw new LoginError('invalid_request', { field: 'appid' })
    const asking = { appid, origin }
    const { value, expiresAt } = await (refused === undefined
      ? accessTokens.get(asking)
      : accessTokens.replace(refused, asking))
    return { appid, value, expiresAt }
  }
}
