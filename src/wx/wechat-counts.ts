import type { UpstreamClient } from '../upstream/client'
import { UNTRUSTED, Unreachable, type UnreachableKind } from '../upstream/unreachable'
import { errcodeOf } from './errcode'
import type { AccessToken, StableToken } from './stable-token'
import { WxRefused } from './wx-refused'

/**
 * How a request ended: by WeChat's errcode, or otherwise. `untrusted`: the certificate was refused. It
 * is apart from `unavailable` because nobody but the operator can change it, and waiting is no help.
 */
export type RequestEnd = number | 'success' | 'untrusted' | UnreachableKind

/** Counts what WeChat was asked. Must not throw. */
export interface WechatCounts {
  /** One request: its path, its end, and how long it took. */
  request(api: string, end: RequestEnd, durationMs: number): void
  /** One access_token that was asked for. `refused`: WeChat said no. `failed`: it gave no answer. */
  fetch(appid: string, outcome: 'success' | 'refused' | 'failed'): void
}

/**
 * The client, with each of its requests counted. A call that the client itself turned away because
 * too many are pending is none.
 */
export function countRequests(client: UpstreamClient, counts: WechatCounts): UpstreamClient {
  async function counted(api: string, ask: () => Promise<unknown>): Promise<unknown> {
    const begun = performance.now()
    try {
      const body = await ask()
      counts.request(api, endOf(body), performance.now() - begun)
      return body
    } catch (error) {
      if (error instanceof Unreachable)
        counts.request(api, whyNot(error), performance.now() - begun)
      throw error
    }
  }
  return {
    ...client,
    get: (path, options) => counted(path, () => client.get(path, options)),
    post: (path, options) => counted(path, () => client.post(path, options)),
  }
}

function whyNot({ kind, reason }: Unreachable): RequestEnd {
  return reason === UNTRUSTED ? 'untrusted' : kind
}

function endOf(body: unknown): number | 'success' | 'bad_answer' {
  if (typeof body !== 'object' || body === null) return 'bad_answer'
  const errcode = errcodeOf((body as { errcode?: unknown }).errcode)
  if (errcode === undefined) return 'success'
  return Number.isInteger(errcode) ? errcode : 'bad_answer'
}

/** The fetch of access_tokens, counted. */
export function countFetches(fetchToken: StableToken, counts: WechatCounts): StableToken {
  return async asking => {
    let token: AccessToken
    try {
      token = await fetchToken(asking)
    } catch (error) {
      counts.fetch(asking.appid, error instanceof WxRefused ? 'refused' : 'failed')
      throw error
    }
    counts.fetch(asking.appid, 'success')
    return token
  }
}
