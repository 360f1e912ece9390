import type { ServerResponse } from 'node:http'
import onHeaders from 'on-headers'

/** What caches obey in place of Cache-Control: RFC 9213, its vendors' own spellings, and nginx. */
const OF_ONE_CACHE = /(^|-)(cdn-cache-control|surrogate-control|x-accel-expires)$/

/** Keeps an answer out of every cache, whatever a handler after this one says of it. */
export function neverCached(res: ServerResponse): void {
  onHeaders(res, () => {
    for (const name of res.getHeaderNames()) {
      if (OF_ONE_CACHE.test(name)) res.removeHeader(name)
    }
    res.setHeader('Cache-Control', 'no-store')
  })
}
