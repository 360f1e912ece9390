const TTL_SECONDS = 7200
/** A busy machine may take so long from the signature to the answer. */
const LATE_SECONDS = 5

/** The life of a token that was issued by a server with a clock of its own, in whole seconds. */
export const JUST_ISSUED: unknown = {
  asymmetricMatch: (life: unknown) =>
    typeof life === 'number' && life <= TTL_SECONDS && life >= TTL_SECONDS - LATE_SECONDS,
  toString: () => 'JustIssued',
  toAsymmetricMatcher: () => `JustIssued<${TTL_SECONDS}>`,
}
