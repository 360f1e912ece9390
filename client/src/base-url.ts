const ABSOLUTE = /^[a-z][\w+.-]*:/i
/** `..`, written plainly or percent-encoded: the server would read it as a step out of the path. */
const STEP_OUT = /(^|[/\\])(\.|%2e){2}([/\\]|$)/i

/**
 * A base without its last slash.
 *
 * @throws TypeError when it is no address
 */
export function readBaseUrl(baseUrl: unknown): string {
  if (typeof baseUrl !== 'string' || !/^https?:\/\/[^/]/.test(baseUrl)) {
    throw new TypeError('createClient: baseUrl must be an address such as https://api.example.com')
  }
  return baseUrl.replace(/\/+$/, '')
}

/** An address as it is, or a path under the base. */
export function resolveUrl(baseUrl: string, url: string): string {
  return ABSOLUTE.test(url) ? url : baseUrl + (url[0] === '/' ? '' : '/') + url
}

/** Whether an address is the base or lies under it: the token is shown to no other. */
export function isUnder(baseUrl: string, url: string): boolean {
  const rest = url.slice(baseUrl.length)
  return (
    url.startsWith(baseUrl) &&
    /^([/?#]|$)/.test(rest) &&
    !STEP_OUT.test(rest.split(/[?#]/, 1).join())
  )
}
