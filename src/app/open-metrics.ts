import type { CheckedLoginOptions } from '../config/check-options'
import type { Config } from '../config/config'
import { ERRORS } from '../errors'
import type { Events } from '../events'
import { errorsOf, methodsOf, type Route } from '../http/route'
import { routesOf } from '../http/routes'
import { createMetrics, type Metrics, type MetricsOptions } from '../observe/metrics/metrics'
import type { StoreKinds } from '../observe/metrics/store-cells'
import { VERSION } from '../version'
import { routesOptionsOf } from './routes-options'

/** What is counted, and with which other processes. */
export interface MetricsSources extends Pick<MetricsOptions, 'isBreakerOpen' | 'connect'> {
  events: Events
}

/** Begins to count for the routes, the mini programs and the stores of this configuration. */
export function openMetrics(options: CheckedLoginOptions, sources: MetricsSources): Metrics {
  const { config } = options
  return createMetrics({
    ...sources,
    version: VERSION,
    appids: [...config.apps.keys()],
    routes: routesOf(routesOptionsOf(options))
      .filter(({ isUncounted }) => !isUncounted)
      .map(countedRoute),
    stores: storesOf(config),
  })
}

function countedRoute(route: Route) {
  const statuses = errorsOf(route).map(error => ERRORS[error].status)
  return {
    path: route.path,
    methods: methodsOf(route),
    statuses: [route.answer.status, ...statuses].sort(),
  }
}

/** What the stores of this configuration are called. */
export function storesOf({ database: url, redisUrl }: Config): StoreKinds {
  const scheme = url.slice(0, url.indexOf(':'))
  const database = scheme === 'postgresql' ? 'postgres' : scheme
  return { database, shared: redisUrl === undefined ? database : 'redis' }
}
