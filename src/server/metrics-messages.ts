import type { Snapshot } from '../observe/metrics/cells'

/** What a worker tells the first process of metrics. */
export type FromWorker =
  /** What it counted so far. `question`: the one that it answers; without one it tells by itself. */
  | { readonly metrics: 'counted'; readonly snapshot: Snapshot; readonly question?: number }
  /** It wants to know what all of them counted. */
  | { readonly metrics: 'gather'; readonly question: number }

/** What the first process tells a worker of metrics. */
export type ToWorker =
  | { readonly metrics: 'count'; readonly question: number }
  | {
      readonly metrics: 'gathered'
      readonly snapshots: readonly Snapshot[]
      readonly question: number
    }

/** Whether a message is one of these: others travel on the same channel. */
export function isOfMetrics(message: unknown): message is FromWorker | ToWorker {
  return typeof message === 'object' && message !== null && 'metrics' in message
}
