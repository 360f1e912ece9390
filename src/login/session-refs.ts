import { openText, sealText } from '../token/seal'
import type { SigningKeys } from '../token/signing-keys'

/** The code to which a reference belongs. */
export interface RefContext {
  readonly codeHash: string
  readonly idempotencyHash: string | null
}

/** What a code's record says of the session that its login began. */
export interface OpenedRef {
  readonly sessionId: string
  /** When the login was done. Milliseconds since 1970. */
  readonly settledAt: number
}

/** Seals the reference from a login code to its session. */
export interface SessionRefs {
  seal(ref: OpenedRef, context: RefContext): string
  /** Undefined where it was altered, or belongs to another code or Idempotency-Key. */
  open(sealed: string, context: RefContext): OpenedRef | undefined
}

/**
 * A reference in clear would let whoever writes the store point a code of his own at another
 * person's session, and be given a token of it.
 */
export function createSessionRefs(signingKeys: SigningKeys): SessionRefs {
  return {
    seal: ({ sessionId, settledAt }, context) =>
      sealText(signingKeys.current, `${settledAt} ${sessionId}`, nameOf(context)),
    open(sealed, context) {
      const text = openText(signingKeys, sealed, nameOf(context))
      if (text === undefined) return undefined
      const space = text.indexOf(' ')
      return { sessionId: text.slice(space + 1), settledAt: Number(text.slice(0, space)) }
    },
  }
}

function nameOf({ codeHash, idempotencyHash }: RefContext): string {
  return `code\n${codeHash}\n${idempotencyHash ?? ''}`
}
