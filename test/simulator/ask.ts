import { type Agent, type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'

import {
  createSimulator,
  SIMULATOR_APP,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/index'

/** Breaks off a request after this long, so that hung faults end the test and not the patience. */
const PATIENCE_MS = 1500

const running: Simulator[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map(simulator => simulator.close()))
})

/** A listening simulator that is closed when the test ends. */
export async function start(options?: SimulatorOptions): Promise<Simulator> {
  const simulator = createSimulator(options)
  running.push(simulator)
  await simulator.listen()
  return simulator
}

export interface Reply {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface Ask {
  method?: string
  body?: string
  headers?: Record<string, string>
  agent?: Agent
  patienceMs?: number
}

/** One request on a connection of its own; rejects with the error that an HTTP client sees. */
export function ask(url: string, options: Ask = {}): Promise<Reply> {
  const { method = 'GET', body, headers = {}, agent = false, patienceMs = PATIENCE_MS } = options
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(patienceMs)
    const req = request(url, { method, headers, agent, signal }, res => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('error', reject)
      res.on('end', () =>
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          body: Buffer.concat(chunks),
        }),
      )
    })
    req.on('error', reject)
    req.end(body)
  })
}

/** The address of a login; `undefined` leaves a parameter out. */
export function loginUrl(
  simulator: Simulator,
  code: string,
  changes: Record<string, string | undefined> = {},
): string {
  const parameters = {
    appid: SIMULATOR_APP.appid,
    secret: SIMULATOR_APP.secret,
    js_code: code,
    grant_type: 'authorization_code',
    ...changes,
  }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) query.append(name, value)
  }
  return `${simulator.url}/sns/jscode2session?${query}`
}

/** The JSON of a login. */
export async function login(
  simulator: Simulator,
  code: string,
  changes?: Record<string, string | undefined>,
): Promise<Record<string, unknown>> {
  const { body } = await ask(loginUrl(simulator, code, changes))
  return JSON.parse(body.toString()) as Record<string, unknown>
}

export interface Raw {
  text: string
  ended: 'open' | 'closed' | 'ECONNRESET'
}

/** What arrives on a bare socket within some time, and how the connection stands then. */
export function listenRaw(url: string, forMs: number): Promise<Raw> {
  const { hostname, port, pathname, search } = new URL(url)
  return new Promise(resolve => {
    let text = ''
    let ended: Raw['ended'] = 'open'
    const socket = connect(Number(port), hostname, () => {
      socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: simulator\r\n\r\n`)
    })
    const timer = setTimeout(() => socket.destroy(), forMs)
    socket.on('data', chunk => {
      text += chunk.toString('latin1')
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') ended = 'ECONNRESET'
    })
    socket.on('end', () => {
      ended = 'closed'
    })
    socket.on('close', () => {
      clearTimeout(timer)
      resolve({ text, ended })
    })
  })
}
