import type { Counters } from '../contract/counters'
import type { StatementRunner } from './statement-runner'
import type { RowOf } from './statements'

/** Counters in a table, a row for each name. */
export function createSqlCounters({ write }: StatementRunner): Counters {
  return {
    async count(name, windowMs, now) {
      const call = { name, now, endsAt: now + windowMs }
      const [, counts] = await write(['countCall', 'findCallCount'], call)
      const { count, ends_at: endsAt } = counts[0] as RowOf<'findCallCount'>
      return { count, endsAt }
    },
  }
}
