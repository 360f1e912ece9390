import type { Events } from '../../events'
import type { Store } from '../../store/contract/store'
import type { WechatCounts } from '../../wx/wechat-counts'
import { Board, combine, type Snapshot } from './cells'
import { type CountedRoute, createHttpCells, type HttpCounts } from './http-cells'
import { createLoginCells } from './login-cells'
import { printMetrics } from './prometheus'
import { createStoreCells, type StoreKinds } from './store-cells'
import { createWechatCells, type WechatCellsOptions } from './wechat-cells'

/**
 * Connects this process, which counts `own`, with the others of its server. Returns how to learn what
 * all of them counted.
 */
export type ConnectMetrics = (own: () => Snapshot) => () => Promise<readonly Snapshot[]>

export interface MetricsOptions extends Omit<WechatCellsOptions, 'board'> {
  events: Pick<Events, 'listen'>
  version: string
  routes: readonly CountedRoute[]
  stores: StoreKinds
  /** Default: this process alone. */
  connect?: ConnectMetrics | undefined
}

export interface Metrics {
  /** Counts a token that holds. */
  readonly countToken: () => void
  readonly wechat: WechatCounts
  readonly http: HttpCounts
  /** The store, with its operations counted. */
  readonly counted: (store: Store) => Store
  /** Everything as Prometheus reads it. */
  print(): Promise<string>
}

/** Begins to count, in plain numbers: docs/metrics.md says what each of them answers. */
export function createMetrics(options: MetricsOptions): Metrics {
  const { events, version, routes, stores, appids } = options
  const board = new Board()
  const info = board.gauge('miniprogram_login_info', 'The version that runs.')
  info({ version }, () => 1)
  const countToken = createLoginCells({ board, events, appids })
  const wechat = createWechatCells({ ...options, board })
  const counted = createStoreCells(board, stores)
  const http = createHttpCells(board, routes)
  const own = () => board.snapshot()
  const gather = options.connect?.(own) ?? (async () => [own()])
  return {
    countToken,
    wechat,
    http,
    counted,
    async print() {
      const snapshots = await gather()
      return printMetrics(board.families, combine(snapshots))
    },
  }
}
