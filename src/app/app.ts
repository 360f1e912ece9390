import type { Express } from 'express'
import {
  type CheckedAppOptions,
  type CheckedLoginOptions,
  checkAppOptions,
  checkLoginOptions,
} from '../config/check-options'
import type { AppOptions, LoginOptions } from '../config/code-options'
import { createEvents } from '../events'
import { createCors } from '../http/cors'
import { createErrorHandler } from '../http/error-handler'
import { createGuards } from '../http/guards'
import type { Middleware } from '../http/require-login'
import { createStandalone } from '../http/standalone'
import { startAudit } from '../observe/audit'
import { createListenerFaultLog } from '../observe/listener-faults'
import type { ConnectMetrics } from '../observe/metrics/metrics'
import { startOnEvent } from '../observe/on-event'
import { type Ground, openGround } from './ground'
import type { Login } from './login'
import { createLoginLimits, createLoginRouter } from './login-router'
import { createUseCases, type UseCases } from './use-cases'

/**
 * Opens the store and wires the parts. Nothing listens.
 *
 * @throws ConfigError with every problem of the options, or when the database refuses. A database
 *   that cannot be reached yet is waited for; until then a call that needs it answers 503
 */
export async function createLogin(options: LoginOptions): Promise<Login> {
  return (await buildLogin(checkLoginOptions(options))).login
}

/** `createLogin` for options that were checked already. */
export async function buildLogin(
  options: CheckedLoginOptions,
  connect?: ConnectMetrics | undefined,
) {
  const onFault = createListenerFaultLog(options.log, options.now)
  const events = createEvents(onFault)
  startAudit(events, options.log)
  if (options.onEvent) startOnEvent(events, options.onEvent, onFault)
  const ground = await openGround(options, events, connect)
  const cases = createUseCases(options, ground)
  const limits = createLoginLimits(options, ground)
  const { config, property, log } = options
  const parts = { identify: cases.identify, login: cases.logIn.login, loginLimit: limits.login }
  const guards = createGuards({ ...parts, config, property, log })
  let closed: Promise<void> | undefined
  const cors = createCors(config)
  const login: Login = {
    router: createLoginRouter(options, ground, { ...cases, guards, limits, cors }),
    ...guards.ofHost,
    ...cases.surface,
    users: cases.users,
    decrypt: cases.decrypt,
    async accessToken(appid, refused) {
      checkAppid(appid, config.apps)
      const { value, expiresAt } = await ground.platform.getAccessToken(appid, { refused })
      return { value, expiresAt }
    },
    resetSessionKey: cases.resetSessionKey,
    errorHandler: createErrorHandler(log),
    metrics: ground.metrics.print,
    close() {
      closed ??= close(ground, cases)
      return closed
    },
  }
  return { login, cors, unmatched: ground.metrics.http.unmatched }
}

/** A name that the host's own code got wrong is no client's fault. */
function checkAppid(appid: string | undefined, apps: ReadonlyMap<string, unknown>): void {
  if (appid === undefined ? apps.size === 1 : apps.has(appid)) return
  const named = appid === undefined ? 'be named: there are several mini programs' : 'be one of them'
  throw new TypeError(`"appid" must ${named} in "apps"`)
}

async function close(ground: Ground, cases: UseCases): Promise<void> {
  const { stopSweeper, stopAdoption, lag, client, store } = ground
  stopSweeper()
  stopAdoption()
  lag.stop()
  // A new login may come while phone numbers are waited for, and the other way round.
  const busy = [cases.logIn, cases.phone, cases.cloudSessions]
  while ((await Promise.all(busy.map(part => part.settled()))).includes(true));
  client.close()
  await store.close()
}

export interface App {
  readonly app: Express
  readonly login: Login
}

/** The whole standalone application around `createLogin`. Nothing listens. */
export async function createApp(options: AppOptions): Promise<App> {
  return buildApp(checkAppOptions(options))
}

/** What only a server has. */
export interface ServersOwn {
  /** Its own pages. */
  readonly frontPage?: Middleware | undefined
  /** Joins the metrics of its processes. */
  readonly connect?: ConnectMetrics | undefined
}

/** `createApp` for options that were checked already: the server's come from the environment. */
export async function buildApp(
  options: CheckedAppOptions,
  { frontPage, connect }: ServersOwn = {},
): Promise<App> {
  const { log, now, trustProxy, requestLog } = options
  const { login, cors, unmatched } = await buildLogin(options, connect)
  const { router } = login
  const around = { router, frontPage, cors, unmatched }
  const app = createStandalone({ ...around, trustProxy, requestLog, now, log })
  return { app, login }
}
