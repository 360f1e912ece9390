import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Whether a request shows the internal token; without one configured none does. */
export type ShowsInternalToken = (req: IncomingMessage) => boolean

export function createInternalToken(internalToken: string | undefined): ShowsInternalToken {
  if (internalToken === undefined) return () => false
  const expected = sha256(internalToken)
  return req => {
    const given = req.headers['x-internal-token']
    return typeof given === 'string' && timingSafeEqual(sha256(given), expected)
  }
}

/** Equal lengths, so that the comparison takes the same time whatever was sent. */
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
