import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import express4 from 'express4'
import supertest from 'supertest'
import { createOpenApi } from '../../src/http/openapi/openapi'
import { routesOf } from '../../src/http/routes'
import { type AppOptions, createApp, createLogin, type Login } from '../../src/index'
import type { Log } from '../../src/log'
import { PATIENCE } from '../../src/patience'
import { createHttpServer } from '../../src/server/http-server'
import { createSimulator, SIMULATOR_APP, type Simulator } from '../../src/simulator/index'
import { problemWithAuditLine } from './audit-lines'
import { checkAnswers } from './check-answers'
import { Clock } from './clock'
import type { Verdict } from './document-check'
import { STRETCHED, STRETCHED_WX_TIMEOUT_MS } from './patience'
import { JWT_SECRET } from './secrets'

export { JWT_SECRET, OTHER_JWT_SECRET } from './secrets'

export const INTERNAL_TOKEN = 'for-tests-only-4f9c2b7e8d1a6053e7b9c2d4'
export const OTHER_APP = { appid: 'wx1111111111111111', secret: 'f4c3b00c5117a7edf4c3b00c5117a7ed' }

/** The ways in which the same service is run; whole flows hold on each of them. */
export const HOSTS = ['standalone', 'Express 5, mounted', 'Express 4, mounted'] as const
export type Host = (typeof HOSTS)[number]

export interface Service {
  readonly simulator: Simulator
  readonly clock: Clock
  readonly login: Login
  readonly server: Server
  readonly port: number
  /** Where the routes are mounted: empty, or a path. */
  readonly prefix: string
  /** Lines of the request log, where there is one. */
  readonly requestLines: string[]
  readonly logLines: { level: string; event: string; fields: Record<string, unknown> }[]
  readonly http: ReturnType<typeof supertest>
  /** What each answer so far was checked against: every one is compared with the OpenAPI document. */
  readonly verdicts: readonly Verdict[]
  /** A code as wx.login gives it, exchanged for a token by POST /login. */
  logIn(user?: string): Promise<{ token: string; body: Record<string, unknown> }>
  close(): Promise<void>
}

/** As the service's own, but for deadlines: those are stretched, see `patience.ts`. */
export interface ServiceOptions extends Partial<AppOptions> {
  host?: Host
  /** Share WeChat with another service; it is then left running at the end. */
  simulator?: Simulator
  clock?: Clock
  /** Routes that a host app adds behind its login, for mounted hosts. */
  routes?: (app: express.Express, login: Login) => void
}

/** A test that moves `performance.now` by a minute has made no event loop late by a minute: a day. */
const NEVER_LATE = { lagMs: 86_400_000 }

const APPS = { [SIMULATOR_APP.appid]: SIMULATOR_APP.secret, [OTHER_APP.appid]: OTHER_APP.secret }

export async function startService(options: ServiceOptions = {}): Promise<Service> {
  const { host = 'standalone', simulator: shared, routes, clock = new Clock(), ...rest } = options
  const simulator = shared ?? createSimulator({ apps: APPS, now: clock.now })
  if (!shared) await simulator.listen()
  const logLines: Service['logLines'] = []
  const wrong: string[] = []
  const log = recordingLog(logLines, wrong)
  const requestLines: string[] = []
  const settings: AppOptions = {
    apps: APPS,
    jwtSecret: JWT_SECRET,
    database: 'memory:',
    wxApiBaseUrl: simulator.url,
    wxTimeoutMs: STRETCHED_WX_TIMEOUT_MS,
    internalToken: INTERNAL_TOKEN,
    rateLimit: 'off',
    docs: 'on',
    now: clock.now,
    log,
    ...rest,
    patience: { ...STRETCHED, ...NEVER_LATE, ...rest.patience },
  }
  const prefix = host === 'standalone' ? '' : '/api/v1'
  const { server, login } = await start(host, prefix, settings, requestLines, routes)
  const { internalToken, docs = 'off', jwtPrivateKey, jwtPrivateKeyPrevious } = settings
  const hasPublicKeys = (jwtPrivateKey ?? jwtPrivateKeyPrevious) !== undefined
  const served = routesOf({ internalToken, docs, hasPublicKeys, isDevelopment: false })
  const described = createOpenApi({ routes: served, version: '0' })
  const verdicts = checkAnswers(server, described, prefix)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const http = supertest(`http://127.0.0.1:${port}`)

  return {
    simulator,
    clock,
    login,
    server,
    port,
    prefix,
    requestLines,
    logLines,
    http,
    verdicts,
    async logIn(user = 'alice') {
      const code = simulator.mintCode({ user })
      const { body } = await http.post(`${prefix}/login`).send({ code }).expect(200)
      return { token: body.token, body }
    },
    async close() {
      await new Promise(resolve => {
        server.close(resolve)
        server.closeAllConnections()
      })
      await login.close()
      if (!shared) await simulator.close()
      // Whatever else a test was about: no line of the audit was other than it should be.
      if (wrong.length > 0) throw new Error(`wrong lines of the audit:\n${wrong.join('\n')}`)
      // Nor was an answer other than the OpenAPI document says.
      const lies = verdicts.flatMap(verdict => ('problem' in verdict ? [verdict.problem] : []))
      if (lies.length > 0) throw new Error(`not as /openapi.json says:\n${lies.join('\n')}`)
    },
  }
}

async function start(
  host: Host,
  prefix: string,
  settings: AppOptions,
  requestLines: string[],
  routes: ServiceOptions['routes'],
): Promise<{ server: Server; login: Login }> {
  if (host === 'standalone') {
    const requestLog = { format: 'json', write: (line: string) => requestLines.push(line) } as const
    const { app, login } = await createApp({ requestLog, ...settings })
    const patience = { ...PATIENCE, ...settings.patience }
    return { server: createHttpServer(app, { log: settings.log as Log, patience }), login }
  }
  const { trustProxy: _1, requestLog: _2, ...loginOptions } = settings
  const login = await createLogin(loginOptions)
  const app = host === 'Express 4, mounted' ? express4() : express()
  app.use(prefix, login.router)
  routes?.(app, login)
  app.get('/hello', (_req, res) => void res.json({ hello: 'host' }))
  const { createServer } = await import('node:http')
  return { server: createServer(app), login }
}

function recordingLog(lines: Service['logLines'], wrong: string[]): Log {
  const record =
    (level: string): Log['info'] =>
    (event, fields = {}) => {
      lines.push({ level, event, fields })
      const problem = problemWithAuditLine({ level, event, fields })
      if (problem !== undefined) wrong.push(problem)
    }
  return { info: record('info'), warn: record('warn'), error: record('error') }
}
