/** RFC 9110, section 5.6.2. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]{1,64}$/

/**
 * Headers that mean something else, to this service, to a proxy or to HTTP itself. A token in one of
 * them would be lost, logged, or taken from somebody who did not mean to log in.
 */
const TAKEN: readonly RegExp[] = [
  // Browsers send these by themselves: any page could act for its visitor.
  /^(set-)?cookie2?$/,
  // Looked at already, under rules of their own.
  /^authorization$/,
  // WeChat Cloud Hosting's, and our own login code.
  /^x-wx-/,
  // Of one connection: proxies drop them (RFC 9110, section 7.6.1).
  /^(connection|keep-alive|te|trailer|transfer-encoding|upgrade|via|proxy-.*)$/,
  // Of HTTP.
  /^(host|origin|referer|user-agent|date|age|expect|range|from|max-forwards|pragma|dnt|server)$/,
  /^(accept|access-control|cache|content|if|sec)(-|$)/,
  // Of proxies, which write them.
  /^(forwarded|x-real-ip|x-request-id|traceparent|tracestate|x-(original-)?forwarded-.*)$/,
  // Of this service, with another meaning.
  /^(idempotency-key|x-internal-token|x-refused-access-token|x-user-id|x-appid|x-openid|x-unionid)$/,
  /^(x-login-|www-authenticate$|retry-after$)/,
]

/** What is wrong with the name of a header that is to carry a token, or undefined. */
export function problemWithTokenHeader(name: string): string | undefined {
  if (!HEADER_NAME.test(name)) {
    return 'must be a list of header names such as X-Access-Token, with commas between them'
  }
  if (!TAKEN.some(taken => taken.test(name.toLowerCase()))) return undefined
  return 'names a header that has another meaning; take one of your own such as X-Access-Token'
}
