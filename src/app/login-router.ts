import type { CheckedLoginOptions } from '../config/check-options'
import type { Config } from '../config/config'
import { hasSimulatedApp } from '../config/production'
import type { Cors } from '../http/cors'
import { createDocs } from '../http/docs/docs'
import type { Guards } from '../http/guards'
import { createInternalToken, createRequireInternalToken } from '../http/internal-token'
import { createLimits, type Limits } from '../http/limits'
import { createReadiness } from '../http/readiness'
import type { Middleware } from '../http/require-login'
import { createRouter } from '../http/router'
import { routesOf } from '../http/routes'
import { VERSION } from '../version'
import type { Ground } from './ground'
import { routesOptionsOf } from './routes-options'
import type { UseCases } from './use-cases'

/** Made once: a login inside a host's own route is counted together with one by `POST /login`. */
export function createLoginLimits(
  options: CheckedLoginOptions,
  { store, dataKeys, metrics }: Ground,
): Limits {
  const { config, now, patience } = options
  const { rateLimit: perMinute, rateLimitGlobal: loginsPerMinute } = config
  const shared = options.sharedLimits || isShared(config) ? store : undefined
  const { limited: onRefused } = metrics.http
  const counted = { perMinute, loginsPerMinute, onRefused }
  return createLimits({ ...counted, dataKeys, shared, patience, now })
}

/** What the router serves: the use cases, and the guards and the limits of the whole service. */
interface Served extends UseCases {
  readonly guards: Guards
  readonly limits: Limits
  readonly cors: Cors | undefined
}

export function createLoginRouter(options: CheckedLoginOptions, ground: Ground, cases: Served) {
  const { config, log, now, patience, isDraining, isShort } = options
  const { events, metrics, store, dataKeys, platform, tokenKeys } = ground
  const { internalToken, rateLimit: perMinute } = config
  const served = routesOptionsOf(options)
  const { guards, limits, cors } = cases
  const router = createRouter({
    parts: {
      ...cases,
      login: cases.logIn.login,
      getAccessToken: platform.getAccessToken,
      lookAtParts: createReadiness({ store, dataKeys, isDraining, isShort, patience, now }),
      hasSimulatedApp: hasSimulatedApp(config.apps.keys()),
      printMetrics: metrics.print,
      showsInternalToken: createInternalToken(internalToken),
      readToken: guards.readToken,
      publicKeys: tokenKeys.publicKeys,
      docs: createDocs({ routes: routesOf(served), version: VERSION }),
      events,
      now,
    },
    required: guards.ownRequired,
    requiredToken: guards.ownRequiredToken,
    requiredInternal: createRequireInternalToken({
      ...{ internalToken, perMinute },
      onRefused: metrics.http.limited,
    }),
    limits,
    cors,
    ...served,
    countOf: metrics.http.of,
    log,
  })
  return router as unknown as Middleware
}

/** Whether other instances may count in the same store: a SQLite file serves one machine. */
function isShared({ database, redisUrl }: Config): boolean {
  return redisUrl !== undefined || !/^(sqlite|memory):/.test(database)
}
