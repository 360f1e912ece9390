/** Every table's name begins with this, so that an app's own `users` and `sessions` stay its own. */
export const DEFAULT_TABLE_PREFIX = 'mpl_'

const FORM = /^([a-z][a-z0-9_]{0,20})?$/

/** Why a table prefix cannot be used, or undefined. */
export function problemWithTablePrefix(prefix: string): string | undefined {
  if (FORM.test(prefix)) return undefined
  return 'must be a small letter and up to 20 small letters, digits or _, or empty'
}
