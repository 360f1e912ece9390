import { z } from 'zod'
import type { UpstreamClient } from '../upstream/client'
import type { AskingForUser } from './asking'
import type { AuthorizedCall } from './authorized-call'
import { WITH_ACCESS_TOKEN } from './errcode'
import { readAnswer } from './read-answer'
import { sessionKeySignature } from './session-key-signature'
import { isSessionKeyRefusal } from './wx-refused'

export interface ChecksessionOptions {
  client: Pick<UpstreamClient, 'get'>
  call: AuthorizedCall
  /** Milliseconds since 1970. */
  now: () => number
}

/** Whether a session_key is the one that is valid for the user now. */
export type Checksession = (sessionKey: string, user: AskingForUser) => Promise<boolean>

export const CHECKSESSION_API = '/wxa/checksession'

/** Only an errcode of 0 is a yes: an answer without errcode says nothing about the session_key. */
const fields = z.object({ errcode: z.union([z.number(), z.string()]) })

/**
 * Asks WeChat about a session_key. WeChat's page lists the parameters as a payload; WeChat reads
 * them from the query.
 *
 * Source: https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_checksessionkey
 */
export function createChecksession({ client, call, now }: ChecksessionOptions): Checksession {
  return (sessionKey, { appid, openid, origin }) =>
    call({ api: CHECKSESSION_API, appid, origin }, async (accessToken, deadline) => {
      const query = { access_token: accessToken, openid, ...sessionKeySignature(sessionKey) }
      const body = await client.get(CHECKSESSION_API, { query, deadline })
      try {
        readAnswer(body, fields, { now: now(), special: WITH_ACCESS_TOKEN })
        return true
      } catch (error) {
        if (isSessionKeyRefusal(error)) return false
        throw error
      }
    })
}
