import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import express4 from 'express4'
import supertest from 'supertest'
import { createHttpServer } from '../../src/http/http-server'
import { type AppOptions, createApp, createLogin, type Login } from '../../src/index'
import type { Log } from '../../src/log'
import { createSimulator, SIMULATOR_APP, type Simulator } from '../../src/simulator/index'
import { Clock } from './clock'

/** Visibly made up, and strong enough for the configuration check. */
export const JWT_SECRET = 'for tests only: 9fQx!Lw3@Rz7#Kp5$Vn2%Bt8^Hy6&Jm4'
export const OTHER_JWT_SECRET = 'for tests only, too: Zc4=Xv8-Bn2_Mk6.Gq9,Td3;Pw7:Ys1'
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
  /** A code as wx.login gives it, exchanged for a token by POST /login. */
  logIn(user?: string): Promise<{ token: string; body: Record<string, unknown> }>
  close(): Promise<void>
}

export interface ServiceOptions extends Partial<AppOptions> {
  host?: Host
  /** Share WeChat with another service; it is then left running at the end. */
  simulator?: Simulator
  clock?: Clock
  /** Routes that a host app adds behind its login, for mounted hosts. */
  routes?: (app: express.Express, login: Login) => void
}

const APPS = { [SIMULATOR_APP.appid]: SIMULATOR_APP.secret, [OTHER_APP.appid]: OTHER_APP.secret }

export async function startService(options: ServiceOptions = {}): Promise<Service> {
  const { host = 'standalone', simulator: shared, routes, clock = new Clock(), ...rest } = options
  const simulator = shared ?? createSimulator({ apps: APPS, now: clock.now })
  if (!shared) await simulator.listen()
  const logLines: Service['logLines'] = []
  const log = recordingLog(logLines)
  const requestLines: string[] = []
  const settings: AppOptions = {
    apps: APPS,
    jwtSecret: JWT_SECRET,
    database: 'memory:',
    wxApiBaseUrl: simulator.url,
    internalToken: INTERNAL_TOKEN,
    rateLimit: 'off',
    now: clock.now,
    log,
    ...rest,
  }
  const prefix = host === 'standalone' ? '' : '/api/v1'
  const { server, login } = await start(host, prefix, settings, requestLines, routes)
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
    return { server: createHttpServer(app, settings.log as Log), login }
  }
  const login = await createLogin(settings)
  const app = host === 'Express 4, mounted' ? express4() : express()
  app.use(prefix, login.router)
  routes?.(app, login)
  app.get('/hello', (_req, res) => void res.json({ hello: 'host' }))
  const { createServer } = await import('node:http')
  return { server: createServer(app), login }
}

function recordingLog(lines: Service['logLines']): Log {
  const record =
    (level: string): Log['info'] =>
    (event, fields = {}) =>
      void lines.push({ level, event, fields })
  return { info: record('info'), warn: record('warn'), error: record('error') }
}
