import { LoginError } from '../errors'
import type { Log } from '../log'
import { type AccessTokenShelf, createAccessTokens } from './access-token'
import { createAppSecrets } from './app-secrets'
import { createAuthorizedCall } from './authorized-call'
import { createAskSessionKey } from './check-session-key'
import type { WxClient } from './client'
import { createCode2Session } from './code2session'
import { createAskPhoneNumber } from './phone-number'
import { createAskNewSessionKey } from './reset-session-key'
import { createStableToken } from './stable-token'

export interface WechatOptions {
  client: WxClient
  /** appid to its AppSecrets, the current one first. */
  apps: ReadonlyMap<string, readonly string[]>
  /** Where instances share their access_tokens. */
  shelf: AccessTokenShelf
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
}

/** All that is asked of WeChat. Only the login goes without an access_token. */
export function createWechat(options: WechatOptions) {
  const { client, apps, shelf, now, log } = options
  const onlyAppid = apps.size === 1 ? [...apps.keys()][0] : undefined
  const secrets = createAppSecrets({ apps, timeoutMs: client.timeoutMs, log })
  const fetchToken = createStableToken({ client, secrets, now, log })
  const appids = new Set(apps.keys())
  const tokens = createAccessTokens({ fetchToken, appids, shelf, now, log })
  const call = createAuthorizedCall({ tokens, timeoutMs: client.timeoutMs, log })
  return {
    exchangeCode: createCode2Session({ client, secrets, now, log }),
    askPhoneNumber: createAskPhoneNumber({ client, call, now }),
    askSessionKey: createAskSessionKey({ client, call, now }),
    askNewSessionKey: createAskNewSessionKey({ client, call, now }),
    /**
     * The app's access_token, or another one than WeChat has just refused. Only the app may go
     * unnamed that is the only one: a login that names none is somebody's, but a token of another
     * mini program than was meant acts on that one.
     */
    async getAccessToken(named?: string, refused?: string) {
      const appid = named ?? onlyAppid
      if (appid === undefined) throw new LoginError('invalid_request', { field: 'appid' })
      const token = await (refused === undefined
        ? tokens.get(appid)
        : tokens.replace(appid, refused))
      return { appid, value: token.value, expiresAt: token.expiresAt }
    },
  }
}
