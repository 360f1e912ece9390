import { createQuota, DAY_MS, MINUTE_MS, type Quota } from '../core/quota'

/** WeChat's day ends at midnight in Beijing, all year UTC+8. */
const BEIJING_MS = 8 * 60 * MINUTE_MS

/** How often one app may call. The daily limit of `token` is on no page: 2,000 is what staff say. */
const LIMITS = {
  stableTokenMinute: { limit: 10_000, windowMs: MINUTE_MS },
  stableTokenDay: { limit: 500_000, windowMs: DAY_MS },
  forcedRefreshDay: { limit: 20, windowMs: DAY_MS },
  tokenDay: { limit: 2000, windowMs: DAY_MS },
  sessionKeyResetMinute: { limit: 60_000, windowMs: MINUTE_MS },
} as const

/** The quota of each API that has one. */
export type Quotas = Readonly<Record<keyof typeof LIMITS, Quota>>

export function createQuotas(now: () => number): Quotas {
  const create = ([name, limit]: [string, { limit: number; windowMs: number }]) =>
    [name, createQuota({ ...limit, utcOffsetMs: BEIJING_MS, now })] as const
  return Object.fromEntries(Object.entries(LIMITS).map(create)) as Quotas
}
