const WRONG_PASSWORD =
  'the user or the password in REDIS_URL is wrong: special characters of a password are percent-encoded in a URL (@ is %40, # is %23, / is %2F, % is %25)'

/** What is wrong and what an operator does about it, by the reason for which Redis refuses. */
const REFUSALS: Readonly<Record<string, string>> = {
  wrongpass: WRONG_PASSWORD,
  noauth: 'Redis asks for a password, and REDIS_URL holds none: redis://:password@host',
  noperm:
    'the user lacks a right in Redis: it needs every key that begins with REDIS_PREFIX, and the commands that are sent to it',
  wrong_database: 'Redis has no database of that number: correct the end of REDIS_URL',
}

/** The fix for a refusal, which stays until somebody changes a setting; undefined for an outage. */
export function fixOf(reason: string): string | undefined {
  return Object.hasOwn(REFUSALS, reason) ? REFUSALS[reason] : undefined
}
