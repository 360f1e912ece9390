import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as it reached the business server. */
export interface Received {
  method: string
  url: string
  /** Name as sent, value; in order, repeated names repeated. */
  headers: [name: string, value: string][]
  body: string
}

export interface BusinessServer {
  readonly port: number
  readonly received: Received[]
  /** Connections taken so far. */
  connections(): number
  /** The values under all names that CGI, WSGI and PHP take for this one. */
  valuesOf(name: string, request?: Received): string[]
  close(): Promise<void>
}

/**
 * A server that knows nothing of logins: it records what comes and answers with it. A path like
 * `/status/418` is answered with that status.
 */
export async function startBusinessServer(): Promise<BusinessServer> {
  const received: Received[] = []
  const answer: RequestListener = (req, res) => {
    let body = ''
    req.on('data', chunk => (body += chunk))
    req.on('end', () => {
      const { method = '', url = '', rawHeaders } = req
      const headers = rawHeaders.flatMap((name, i): [string, string][] =>
        i % 2 === 0 ? [[name, rawHeaders[i + 1] as string]] : [],
      )
      received.push({ method, url, headers, body })
      const text = JSON.stringify({ from: 'business' })
      res.statusCode = Number(/^\/status\/(\d{3})$/.exec(url)?.[1] ?? 200)
      res.setHeader('Content-Type', 'application/json')
      res.setHeader('Content-Length', Buffer.byteLength(text))
      res.end(text)
    })
  }
  const server = createServer(answer)
  let connections = 0
  server.on('connection', () => void connections++)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    received,
    connections: () => connections,
    valuesOf(name, request = received.at(-1)) {
      const variable = (text: string) => text.toUpperCase().replace(/[^A-Z0-9]/g, '_')
      return (request?.headers ?? [])
        .filter(([sent]) => variable(sent) === variable(name))
        .map(([, value]) => value)
    },
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
