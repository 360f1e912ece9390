import { z } from 'zod'
import type { Log } from '../log'
import { accepted, fieldsOf } from './answer'
import type { AppSecrets } from './app-secrets'
import type { WxClient } from './client'
import { reporting } from './report'

/** WeChat's credential for its server APIs; one an app at any time, for all who ask. */
export interface AccessToken {
  readonly value: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export interface StableTokenOptions {
  client: Pick<WxClient, 'post'>
  secrets: AppSecrets
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
}

export type FetchToken = (appid: string) => Promise<AccessToken>

const API = '/cgi-bin/stable_token'

/** WeChat asks for room for 512 characters at least. */
const answer = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,2048}$/),
  expires_in: z.number().min(1).max(7200),
})

/**
 * Asks for the app's access_token: the same one for all who ask, until its last five minutes. Never
 * with `force_refresh`, which would end everybody's token and works 20 times a day: that is for a
 * person to do, after a leak.
 *
 * Source: https://developers.weixin.qq.com/minigame/dev/api-backend/open-api/access-token/auth.getStableAccessToken.html
 */
export function createStableToken({ client, secrets, now, log }: StableTokenOptions): FetchToken {
  async function ask(appid: string, secret: string, withinMs: number): Promise<AccessToken> {
    const asked = now()
    const request = { grant_type: 'client_credential', appid, secret, force_refresh: false }
    const body = accepted(await client.post(API, {}, request, withinMs), now())
    const { access_token: value, expires_in: seconds } = fieldsOf(body, answer)
    return { value, expiresAt: asked + seconds * 1000 }
  }
  return appid =>
    reporting({ log, api: API, appid }, () =>
      secrets.use(appid, (secret, withinMs) => ask(appid, secret, withinMs)),
    )
}
