export interface Expiring {
  readonly expiresAt: number
}

/** The names of entries that have expired, no more than `limit`. */
export function expiredNames(
  entries: ReadonlyMap<string, Expiring>,
  now: number,
  limit: number,
): string[] {
  const expired: string[] = []
  for (const [name, { expiresAt }] of entries) {
    if (expired.length >= limit) break
    if (expiresAt <= now) expired.push(name)
  }
  return expired
}
