import { z } from 'zod'
import type { UpstreamClient } from '../upstream/client'
import type { AppSecrets } from './app-secrets'
import type { Asking } from './asking'
import { readAnswer } from './read-answer'
import type { TellFailures } from './tell-failures'

/** WeChat's credential for its server APIs. An app has one at a time, for all who ask. */
export interface AccessToken {
  readonly value: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export interface StableTokenOptions {
  client: Pick<UpstreamClient, 'post'>
  secrets: Pick<AppSecrets, 'use'>
  tellFailures: TellFailures
  /** Milliseconds since 1970. */
  now: () => number
}

/** Fetches the app's access_token from WeChat. */
export type StableToken = (asking: Asking) => Promise<AccessToken>

export const STABLE_TOKEN_API = '/cgi-bin/stable_token'

/** WeChat asks for room for at least 512 characters. */
const fields = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,2048}$/),
  expires_in: z.number().min(1).max(7200),
})

/**
 * Asks for the app's access_token. WeChat gives all who ask the same one, until its last five
 * minutes. `force_refresh` is never set: it would end the access_token of every caller, and WeChat
 * allows it 20 times a day. It is for a person to use, after a leak.
 *
 * Source: https://developers.weixin.qq.com/minigame/dev/api-backend/open-api/access-token/auth.getStableAccessToken.html
 */
export function createStableToken(options: StableTokenOptions): StableToken {
  const { client, secrets, tellFailures, now } = options
  return ({ appid, origin }) => {
    const fetchToken = () =>
      secrets.use({ appid, origin }, async (secret, deadline) => {
        const askedAt = now()
        const json = { grant_type: 'client_credential', appid, secret, force_refresh: false }
        const body = await client.post(STABLE_TOKEN_API, { query: {}, json, deadline })
        const answer = readAnswer(body, fields, { now: now() })
        return { value: answer.access_token, expiresAt: askedAt + answer.expires_in * 1000 }
      })
    return tellFailures({ api: STABLE_TOKEN_API, appid, origin }, fetchToken)
  }
}
