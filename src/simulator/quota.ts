export const MINUTE_MS = 60_000
export const DAY_MS = 24 * 60 * MINUTE_MS

/** WeChat's day ends at midnight in Beijing, all year UTC+8. */
const BEIJING_MS = 8 * 60 * MINUTE_MS

/** How many calls each app may make in a minute or a day of the calendar. */
export interface Quota {
  /** Counts one call. False, and nothing is counted, when the app has used up its share. */
  take(appid: string): boolean
  forget(): void
}

export function createQuota(options: {
  limit: number
  windowMs: number
  now: () => number
}): Quota {
  const { limit, windowMs, now } = options
  const used = new Map<string, { window: number; calls: number }>()
  return {
    take(appid) {
      const window = Math.floor((now() + BEIJING_MS) / windowMs)
      const last = used.get(appid)
      const calls = last?.window === window ? last.calls : 0
      if (calls >= limit) return false
      used.set(appid, { window, calls: calls + 1 })
      return true
    },
    forget: () => used.clear(),
  }
}
