/**
 * How a column keeps the digest of a session_key: as text, and as '' where there is no session_key.
 * Both columns were made NOT NULL before a login could come without one, and SQLite changes such a
 * column only by copying the whole table. No digest is empty, so '' is never mistaken for one.
 */
export function toKeyColumn(sessionKeyHash: string | null): string {
  return sessionKeyHash ?? ''
}

/** The digest that a column keeps, or null where it keeps none. */
export function fromKeyColumn(stored: string): string | null {
  return stored === '' ? null : stored
}
