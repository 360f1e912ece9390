import { type Agent, type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createSimulator,
  SIMULATOR_APP,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/index'

/** Longer than any answer takes on a busy machine; shorter than the time that a test has. */
const PATIENCE_MS = 15_000

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
  /** Breaks the request off. */
  signal?: AbortSignal
}

/** One request on a connection of its own; rejects with the error that an HTTP client sees. */
export function ask(url: string, options: Ask = {}): Promise<Reply> {
  const { method = 'GET', body, headers = {}, agent = false } = options
  return new Promise((resolve, reject) => {
    const { signal = AbortSignal.timeout(PATIENCE_MS) } = options
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

/** Waits for something that the simulator will have done. */
export async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await sleep(5)
}

/** A client that sends its request, and leaves when the simulator has recorded it. */
export async function askAndLeave(simulator: Simulator, url: string, agent?: Agent): Promise<void> {
  const before = simulator.calls.length
  const away = new AbortController()
  const asked = ask(url, { signal: away.signal, ...(agent && { agent }) }).catch(() => {})
  await until(() => simulator.calls.length > before)
  away.abort()
  await asked
}

export interface Raw {
  text: string
  ended: 'open' | 'closed' | 'ECONNRESET'
}

export interface ListenRaw {
  /** Stops to listen when this text has come. */
  enough?: RegExp
  /** Stops to listen after this long. */
  forMs?: number
}

/** What arrives on a bare socket before it ends or is enough, and how the connection stands then. */
export function listenRaw(url: string, options: ListenRaw = {}): Promise<Raw> {
  const { enough, forMs = PATIENCE_MS } = options
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
      if (enough?.test(text)) socket.destroy()
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
