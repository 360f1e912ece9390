import { LoginError } from '../errors'
import type { UnreachableKind, UnreachableOptions } from '../upstream/unreachable'

/** WeChat could not be asked, or what came back was no answer of WeChat. */
export class WxUnreachable extends LoginError {
  override readonly name = 'WxUnreachable'
  /** Whether the request may have reached WeChat. If so, a code in it may be spent. */
  readonly sent: boolean

  constructor(kind: UnreachableKind, { sent, reason, retryAfter }: UnreachableOptions) {
    super(`wechat_${kind}`, { reason, ...(retryAfter !== undefined && { retryAfter }) })
    this.sent = sent
  }
}

/** An answer of WeChat that cannot be used. */
export function unusable(reason: string): WxUnreachable {
  return new WxUnreachable('bad_answer', { sent: true, reason })
}
