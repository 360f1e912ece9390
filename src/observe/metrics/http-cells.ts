import { type Board, byName, type Cell, type Histogram } from './cells'

/** What is known of a route before anybody asks it. */
export interface CountedRoute {
  /** The template: `/sessions/:id`, never a path that was asked. */
  readonly path: string
  readonly methods: readonly string[]
  /** Every status that the route may answer. */
  readonly statuses: readonly number[]
}

/** Counts the answers of one route to one method. */
export interface AnswerCount {
  add(status: number, durationMs: number): void
}

export interface HttpCounts {
  /** The counter of a route's answers to a method. `other` is any method that the route refuses. */
  of(path: string, method: string): AnswerCount | undefined
  /** Of requests for a path that is none of ours, in the standalone app. */
  readonly unmatched: AnswerCount
  /** Counts one refusal of a limit. */
  limited(limit: string): void
}

const OTHER = 'other'

/** What a path answers to a method that it does not take: a preflight, or a refusal. */
const OTHER_METHOD = [204, 405]
const UNMATCHED = [400, 404]

/** OpenTelemetry's bounds, and two below them: a check takes a fraction of a millisecond. In seconds. */
const HTTP_SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]

const LIMITS = ['login', 'login_global', 'wechat', 'wechat_user', 'token', 'internal']

/** Counts answers by route, method and status, and refusals by limit. */
export function createHttpCells(board: Board, routes: readonly CountedRoute[]): HttpCounts {
  const requests = board.counter(
    'miniprogram_login_http_requests_total',
    'Answers of this service, by the template of the route. The scrape of /metrics is not in it.',
  )
  const seconds = board.histogram(
    'miniprogram_login_http_request_duration_seconds',
    'From the arrival of the headers to the answer.',
    HTTP_SECONDS,
  )
  const limits = board.counter(
    'miniprogram_login_rate_limited_total',
    'Requests that a limit refused.',
  )
  const limitOf = byName(LIMITS, limit => limits({ limit }))
  const counts = new Map<string, RouteCount>()
  for (const path of [...new Set(routes.map(route => route.path)), OTHER]) {
    const took = seconds({ route: path })
    const add = (method: string, statuses: readonly number[]) => {
      const cellOf = (status: string) => requests({ route: path, method, status })
      counts.set(`${method} ${path}`, new RouteCount(statuses, cellOf, took))
    }
    for (const { methods, statuses } of routes.filter(route => route.path === path)) {
      for (const method of methods) add(method, statuses)
    }
    add(OTHER, path === OTHER ? UNMATCHED : OTHER_METHOD)
  }
  return {
    of: (path, method) => counts.get(`${method} ${path}`),
    unmatched: counts.get(`${OTHER} ${OTHER}`) as AnswerCount,
    limited: limit => void limitOf(limit).value++,
  }
}

class RouteCount implements AnswerCount {
  readonly #cells: ReadonlyMap<number, Cell>
  readonly #other: Cell
  readonly #seconds: Histogram

  constructor(statuses: readonly number[], cellOf: (status: string) => Cell, seconds: Histogram) {
    this.#cells = new Map([...new Set(statuses)].map(status => [status, cellOf(String(status))]))
    this.#other = cellOf(OTHER)
    this.#seconds = seconds
  }

  add(status: number, durationMs: number): void {
    const cell = this.#cells.get(status) ?? this.#other
    cell.value++
    this.#seconds.observe(durationMs / 1000)
  }
}
