/**
 * The fix where a URL has a raw special character. One in a password cuts it short, and what follows
 * is read as another part of the URL.
 */
export const ENCODE =
  'percent-encode the special characters of its user and password (@ is %40, # is %23, / is %2F, ? is %3F, % is %25)'

/** Whether each % begins an escape, and all of them together are UTF-8. */
export function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
