import type { IncomingHttpHeaders } from 'node:http'
import { Unreachable } from './unreachable'

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** The longest pause that a platform may ask for, in seconds. */
const LONGEST_RETRY_AFTER = 60

/** Drops a byte order mark. Throws on bytes that are not UTF-8. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The JSON of an answer with a status of 200 to 299. The Content-Type is not looked at: platforms
 * label JSON `text/plain`.
 *
 * @throws Unreachable for any other status, and for a body that is no JSON
 */
export function readJson({ status, headers, body }: HttpAnswer): unknown {
  const reason = `status_${status}`
  if (status === 429) {
    throw new Unreachable('quota', { sent: true, reason, retryAfter: retryAfterOf(headers) })
  }
  if (status === 503 || status === 504) throw new Unreachable('unavailable', { sent: true, reason })
  if (status < 200 || status > 299) throw new Unreachable('bad_answer', { sent: true, reason })
  try {
    return JSON.parse(utf8.decode(body))
  } catch {
    throw new Unreachable('bad_answer', { sent: true, reason: 'not_json' })
  }
}

function retryAfterOf(headers: IncomingHttpHeaders): number {
  const seconds = Number(headers['retry-after'])
  return seconds > 0 ? Math.min(Math.ceil(seconds), LONGEST_RETRY_AFTER) : LONGEST_RETRY_AFTER
}
