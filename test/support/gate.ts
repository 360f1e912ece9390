import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Stands before WeChat and keeps calls waiting: whoever has got this far has read all that a login
 * reads, and has written nothing of what it writes.
 */
export interface Gate {
  readonly url: string
  /** Keeps calls waiting until so many are there; then all of them go on at once. */
  hold(count: number): void
  /** Resolves once so many wait. */
  whenHeld(count: number): Promise<void>
  open(): void
  close(): Promise<void>
}

export async function startGate(target: string): Promise<Gate> {
  const held: (() => void)[] = []
  let count = 0

  function open(): void {
    count = 0
    for (const go of held.splice(0)) go()
  }
  function forward(req: IncomingMessage, res: ServerResponse): void {
    const { method, headers } = req
    const onward = request(`${target}${req.url}`, { method, headers }, answer => {
      res.writeHead(Number(answer.statusCode), answer.headers)
      answer.pipe(res)
    })
    onward.on('error', () => res.destroy())
    req.pipe(onward)
  }
  const server = createServer((req, res) => {
    held.push(() => forward(req, res))
    if (held.length >= count) open()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold(howMany) {
      count = howMany
    },
    async whenHeld(howMany) {
      while (held.length < howMany) await sleep(5)
    },
    open,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
