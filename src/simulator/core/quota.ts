export const MINUTE_MS = 60_000
export const DAY_MS = 24 * 60 * MINUTE_MS

/** How often each caller may call in a minute or a day of the calendar. */
export interface Quota {
  /** Counts one call. False, and nothing is counted, when the caller has used up its share. */
  take(caller: string): boolean
  forget(): void
}

export interface QuotaOptions {
  /** Calls of one caller in one window. */
  readonly limit: number
  readonly windowMs: number
  /** How far the platform's midnight is before that of UTC, ms. */
  readonly utcOffsetMs: number
  readonly now: () => number
}

export function createQuota({ limit, windowMs, utcOffsetMs, now }: QuotaOptions): Quota {
  const used = new Map<string, { window: number; calls: number }>()
  return {
    take(caller) {
      const window = Math.floor((now() + utcOffsetMs) / windowMs)
      const last = used.get(caller)
      const calls = last?.window === window ? last.calls : 0
      if (calls >= limit) return false
      used.set(caller, { window, calls: calls + 1 })
      return true
    },
    forget: () => used.clear(),
  }
}
