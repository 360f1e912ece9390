import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { createUpstreamClient, type UpstreamClient } from '../../src/upstream/client'
import type { AccessTokenCache } from '../../src/wx/access-token-cache'
import { createWx, type WxOptions } from '../../src/wx/client'
import { STRETCHED } from '../support/patience'

const closing: (() => unknown)[] = []

/** Closes what a test has started here. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close()
}

/** Long enough that a busy machine meets it. */
const AMPLE_MS = 15_000

export function startClient(baseUrl: string, timeoutMs = AMPLE_MS): UpstreamClient {
  const client = createUpstreamClient({ baseUrl, timeoutMs, patience: STRETCHED })
  closing.push(() => client.close())
  return client
}

/** A cache that nobody shares: it holds nothing, and gives everybody the lease. */
export const NO_CACHE: AccessTokenCache = {
  read: async () => undefined,
  write: async () => {},
  drop: async () => {},
  lease: async () => async () => {},
}

/** Counts nothing. */
const NO_COUNTS = { request() {}, fetch() {} }

export interface StartWxOptions extends Pick<WxOptions, 'apps' | 'now' | 'events' | 'log'> {
  baseUrl: string
  timeoutMs?: number
}

/** WeChat as one object, without a cache. */
export function startWx({ baseUrl, timeoutMs, ...options }: StartWxOptions) {
  const client = startClient(baseUrl, timeoutMs)
  const usual = { accessTokenCache: NO_CACHE, patience: STRETCHED, counts: NO_COUNTS }
  return createWx({ client, ...usual, ...options })
}

/**
 * A platform that gives one answer to everybody, for answers that the simulator never gives. It is
 * asked for an access_token, too, and gives one.
 */
export async function startAnswering(answer: () => unknown): Promise<string> {
  const server = http.createServer((req, res) => {
    const isTokenCall = req.url?.startsWith('/cgi-bin/stable_token')
    const body = isTokenCall ? { access_token: 'SIM_token', expires_in: 7200 } : answer()
    res.end(JSON.stringify(body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
