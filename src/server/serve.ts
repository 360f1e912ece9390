import cluster from 'node:cluster'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildApp } from '../app/app'
import { readDatabaseUrl } from '../config/database-url'
import { type ConnectionCeiling, limitConnections } from './connection-ceiling'
import { shareDescriptors } from './descriptors'
import { drain } from './drain'
import { createHttpServer } from './http-server'
import { listen } from './listen'
import type { ProcessContext, Started } from './process-context'
import { WorkerMetrics } from './worker-metrics'

/** The playground, where nobody is real: the simulator stands in for WeChat in no production. */
function frontPageOf({ simulatorUrl, clock, log, config }: ProcessContext) {
  if (simulatorUrl === undefined || config.production) return undefined
  const { createPlayground } =
    require('../playground/playground') as typeof import('../playground/playground')
  return createPlayground({ simulatorUrl, clock, log })
}

/** What the app is built from, as the environment says. */
function settingsOf({ config, log, sink, patience, simulatorUrl, clock }: ProcessContext) {
  const { trustProxy, workers, logFormat } = config.server
  return {
    config: simulatorUrl ? { ...config.login, wxApiBaseUrl: simulatorUrl } : config.login,
    ...{ log, patience, trustProxy },
    hooks: {},
    property: 'login',
    now: clock?.now ?? Date.now,
    isDevelopment: !config.production,
    sharedLimits: workers > 1 || cluster.isWorker,
    requestLog: { format: logFormat, write: sink.write },
  }
}

/** Serves in this process: builds the app, and listens. */
export async function serve(context: ProcessContext): Promise<Started> {
  const { config, log, patience } = context
  const { port, host, prestopMs } = config.server
  const { connectionLimit } = readDatabaseUrl(config.login.database)
  const descriptors = shareDescriptors(undefined, connectionLimit)
  let ceiling: ConnectionCeiling | undefined
  let isDraining = false
  const settings = {
    ...settingsOf(context),
    isDraining: () => isDraining,
    isShort: () => ceiling?.isShort() ?? false,
    maxUpstreamSockets: descriptors.upstream,
  }
  const metrics = cluster.isWorker ? new WorkerMetrics(patience) : undefined
  const own = { frontPage: frontPageOf(context), connect: metrics?.connect }
  const { app, login } = await buildApp(settings, own)
  const server = createHttpServer(app, { log, patience })
  ceiling = limitConnections(server, { most: descriptors.clients, patience, log })
  try {
    return {
      port: await listen(server, { port, host }),
      async stop({ atOnce }) {
        isDraining = true
        const lameDuck = sleep(atOnce ? 0 : prestopMs)
        await drain(server, { lameDuck, graceMs: patience.drainMs })
        await login.close()
        await metrics?.stop()
      },
    }
  } catch (error) {
    await login.close()
    throw error
  }
}
