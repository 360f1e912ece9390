/**
 * Why a platform gave no answer.
 *
 * - `unavailable`: the request did not leave, or the platform said that it is out of service
 * - `timeout`: the request left and the deadline passed
 * - `bad_answer`: something came back that is no answer of the platform
 * - `quota`: the platform takes no more requests for now
 */
export type UnreachableKind = 'unavailable' | 'timeout' | 'bad_answer' | 'quota'

export interface UnreachableOptions {
  /** Whether the request may have reached the platform. If so, a code in it may be spent. */
  readonly sent: boolean
  /** What happened, in a word or two; never input, never a secret. */
  readonly reason: string
  /** Seconds after which the platform wants to be asked again. */
  readonly retryAfter?: number | undefined
}

/**
 * The reason of every refusal of a certificate. A wrong clock is one cause of it: a certificate says
 * from when until when it holds.
 */
export const UNTRUSTED = 'tls'

/** A platform could not be asked, or what came back was no answer of a platform. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
  readonly kind: UnreachableKind
  readonly sent: boolean
  readonly reason: string
  readonly retryAfter: number | undefined

  constructor(kind: UnreachableKind, { sent, reason, retryAfter }: UnreachableOptions) {
    super(`${kind}: ${reason}`)
    this.kind = kind
    this.sent = sent
    this.reason = reason
    this.retryAfter = retryAfter
  }
}

/** Codes of the errors with which TLS refuses a peer. All of them come before a request is written. */
const TLS_REFUSAL = /CERT|SELF_SIGNED|ISSUER|SIGNATURE|ERR_TLS|ERR_SSL|EPROTO/

/**
 * Says of a failed call what may be shown. Of the error only its code is taken: the rest of it may
 * hold the query with its secrets.
 */
export function unreachableBy(
  error: unknown,
  { sent, isLate }: { sent: boolean; isLate: boolean },
): Unreachable {
  if (isLate) return new Unreachable(sent ? 'timeout' : 'unavailable', { sent, reason: 'deadline' })
  const { code } = error as { code?: unknown }
  const reason = typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? code : 'unknown'
  if (sent) return new Unreachable('bad_answer', { sent, reason })
  return new Unreachable('unavailable', {
    sent,
    reason: TLS_REFUSAL.test(reason) ? UNTRUSTED : reason,
  })
}
