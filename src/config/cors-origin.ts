/**
 * What is wrong with the origin of a page, or undefined. A browser sends scheme, host and a port that
 * is not the scheme's own, in lower case (RFC 6454, section 6.2). Any other text would match nobody.
 */
export function problemWithCorsOrigin(origin: string): string | undefined {
  if (origin.includes('*'))
    return 'must name each origin: with * any page could act for its visitor'
  const isExact =
    /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin
  return isExact
    ? undefined
    : 'must be a list of origins such as https://h5.example.com, with commas between them: scheme, host and port as a browser sends them (lower case, no usual port), no path, no slash at the end'
}
