import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import supertest from 'supertest'

/** A handler whose every caller is a proxy of ours, as Express would say it. */
export function behindProxy(handler: RequestListener): RequestListener {
  return (req, res) => {
    Object.assign(req, { app: { get: () => () => true } })
    handler(req, res)
  }
}

/** One request to a handler, over HTTP on a port of its own. */
export async function callOnce(
  handler: RequestListener,
  ask: (http: ReturnType<typeof supertest>) => supertest.Test,
): Promise<supertest.Response> {
  const server = createServer(handler)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    return await ask(supertest(`http://127.0.0.1:${port}`))
  } finally {
    await new Promise(resolve => {
      server.close(resolve)
      server.closeAllConnections()
    })
  }
}
