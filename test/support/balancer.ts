import http, { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A load balancer as small as can be: it asks /readyz, and never tries a request twice. */
export interface Balancer {
  readonly url: string
  /** Resolves once the instance is ready and takes its turn. */
  add(instance: string): Promise<void>
  /** Resolves once an instance that was out is in again. */
  whenIn(instance: string): Promise<void>
  /** Resolves once the instance gets no more requests, because it says that it is not ready. */
  whenOut(instance: string): Promise<void>
  /** Requests that each instance answered. */
  readonly answered: ReadonlyMap<string, number>
  close(): Promise<void>
}

const PROBE_EVERY_MS = 25

export async function startBalancer(): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true })
  const probes = new Map<string, NodeJS.Timeout>()
  const ready = new Set<string>()
  const answered = new Map<string, number>()
  let turn = 0

  async function probe(instance: string): Promise<void> {
    if (await isReady(instance)) ready.add(instance)
    else ready.delete(instance)
    if (probes.has(instance)) {
      probes.set(
        instance,
        setTimeout(() => void probe(instance), PROBE_EVERY_MS),
      )
    }
  }

  const server = createServer((req, res) => {
    const [instance] = [...ready].slice(turn++ % Math.max(1, ready.size))
    if (instance === undefined) return fail(res, 'no instance is ready')
    const { connection: _, ...headers } = req.headers
    const { method } = req
    const onward = http.request(`${instance}${req.url}`, { method, headers, agent }, answer => {
      const { connection: _, ...others } = answer.headers
      res.writeHead(Number(answer.statusCode), others)
      answer.pipe(res)
      answer.on('error', () => res.destroy())
      answered.set(instance, (answered.get(instance) ?? 0) + 1)
    })
    onward.on('error', (error: NodeJS.ErrnoException) => fail(res, String(error.code)))
    req.pipe(onward)
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))

  const until = async (isTrue: () => boolean) => {
    while (!isTrue()) await sleep(5)
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered,
    async add(instance) {
      probes.set(
        instance,
        setTimeout(() => {}),
      )
      void probe(instance)
      await until(() => ready.has(instance))
    },
    whenIn: instance => until(() => ready.has(instance)),
    async whenOut(instance) {
      await until(() => !ready.has(instance))
      clearTimeout(probes.get(instance))
      probes.delete(instance)
    },
    async close() {
      for (const timer of probes.values()) clearTimeout(timer)
      probes.clear()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      agent.destroy()
    },
  }
}

function isReady(instance: string): Promise<boolean> {
  return new Promise(resolve => {
    const asked = http.get(`${instance}/readyz`, (answer: IncomingMessage) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    asked.on('error', () => resolve(false))
  })
}

function fail(res: ServerResponse, reason: string): void {
  if (res.headersSent) return void res.destroy()
  res.writeHead(502, { 'Content-Type': 'application/json' })
  res.end(JSON.stringify({ error: 'balancer', reason }))
}
